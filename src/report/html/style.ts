/**
 * The page's whole appearance: light and dark by the reader's system, and on paper without colours
 * that only a screen has. Text has at least the contrast 4.5:1 that WCAG 2 asks for.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #ffffff; --ink: #17202b; --soft: #56616f; --line: #dfe3e8; --wash: #f8f9fb;
  --good: #0b7247; --good-wash: #e3f4eb; --warning: #8a5300; --warning-wash: #fdf0d9;
  --bad: #ad1f1f; --bad-wash: #fce8e6; --quiet: #47525f; --quiet-wash: #e9ecf0; --link: #1d56a8;
  --bar: #4a7fc1; --wait: #a9b3c0; --lane: #eef1f4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11151a; --card: #1a2027; --ink: #e6eaef; --soft: #9ea9b6; --line: #2f3843; --wash: #202730;
    --good: #5fd39c; --good-wash: #12362a; --warning: #f0b862; --warning-wash: #3c2c10;
    --bad: #ff8f86; --bad-wash: #451e1c; --quiet: #b6c0cc; --quiet-wash: #2a323c; --link: #86b7f5;
    --bar: #5b93d8; --wait: #5a6676; --lane: #232b34;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
}
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: .6rem 0 .5rem; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .2rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p { margin: .4rem 0; max-width: 52rem; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: .9em; }
code, .mono { overflow-wrap: anywhere; }
.masthead { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .2rem 1rem; color: var(--soft); font-size: .875rem; margin-bottom: .9rem; }
.masthead strong { color: var(--ink); font-weight: 650; letter-spacing: .01em; }
section, .lead { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.4rem 1.5rem; margin: 0 0 1rem; }
.lead { border-top: 5px solid var(--tone); padding-top: 1.3rem; }
.badge { display: inline-flex; align-items: center; gap: .45rem; padding: .18rem .75rem .18rem .6rem; border-radius: 99px; background: var(--tone-wash); color: var(--tone); font-weight: 650; font-size: .9rem; }
.badge svg { width: 1rem; height: 1rem; flex: none; }
.good { --tone: var(--good); --tone-wash: var(--good-wash); }
.warning { --tone: var(--warning); --tone-wash: var(--warning-wash); }
.bad { --tone: var(--bad); --tone-wash: var(--bad-wash); }
.quiet { --tone: var(--quiet); --tone-wash: var(--quiet-wash); }
.explanation { color: var(--soft); font-size: 1.03rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1.2rem 0 0; padding: 0; }
.figures > div { background: var(--wash); border: 1px solid var(--line); border-radius: 9px; padding: .65rem .9rem .7rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.figures dt { color: var(--soft); font-size: .82rem; line-height: 1.3; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: .7rem 2rem; margin: 1.3rem 0 0; padding: 1.1rem 0 0; border-top: 1px solid var(--line); }
.facts dt { color: var(--soft); font-size: .82rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.facts small, .note { color: var(--soft); font-size: .875rem; }
.scroll { overflow-x: auto; margin: .8rem -1.5rem 0; padding: 0 1.5rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .9rem .5rem 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 600; font-size: .8rem; border-bottom-width: 2px; white-space: nowrap; }
tbody th { font-weight: 600; }
th.name { white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
td.number, th.number { width: 1%; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.nowrap { white-space: nowrap; }
.soft { color: var(--soft); }
.package { min-width: 11.5rem; overflow-wrap: anywhere; }
.version { min-width: 13rem; overflow-wrap: anywhere; }
td small, th small { display: block; color: var(--soft); font-weight: 400; font-size: .9em; }
.mono small, small.mono { font-size: .93em; }
small.mono { font-size: .82em; }
.tag { display: inline-block; border-radius: 5px; padding: .02rem .45rem; font-size: .78rem; font-weight: 600; background: var(--tone-wash); color: var(--tone); white-space: nowrap; }
.cves { display: flex; flex-wrap: wrap; gap: .1rem .7rem; }
.cves a, .cves span { white-space: nowrap; }
.trouble { border-left: 4px solid var(--tone); background: var(--wash); border-radius: 0 9px 9px 0; padding: .9rem 1.1rem; margin: .9rem 0 0; }
.trouble h3 { margin: 0 0 .3rem; }
.trouble p { max-width: none; overflow-wrap: anywhere; }
.trouble ul { margin: .5rem 0; }
.proof { display: flex; gap: .8rem; align-items: flex-start; border-radius: 9px; background: var(--tone-wash); padding: .9rem 1.1rem; margin: .9rem 0 0; }
.proof svg { width: 1.35rem; height: 1.35rem; flex: none; margin-top: .1rem; color: var(--tone); }
.proof p { margin: 0; max-width: none; }
ul { margin: .5rem 0 0; padding-left: 1.2rem; }
li { margin: .15rem 0; overflow-wrap: anywhere; }
pre { background: var(--wash); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; overflow-x: auto; margin: .6rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.timeline td, .timeline th { padding-top: .36rem; padding-bottom: .36rem; }
.timeline .track { min-width: 9rem; width: 30%; padding-right: 1.2rem; }
.lane { display: block; background: var(--lane); border-radius: 3px; margin-top: .42rem; }
.bar { display: block; height: .6rem; min-width: 3px; border-radius: 3px; background: var(--bar); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bar.failed { background: var(--bad); }
.bar.waited { background: repeating-linear-gradient(115deg, var(--wait) 0 5px, transparent 5px 9px); outline: 1px solid var(--wait); outline-offset: -1px; }
.status { display: inline-flex; align-items: center; gap: .4rem; white-space: nowrap; }
.status svg { width: .95rem; height: .95rem; flex: none; color: var(--tone); }
tr.soft th { font-weight: 400; }
th .status { font-weight: 600; color: var(--tone); }
.checks td:first-child { width: 6.2rem; }
details { margin-top: .9rem; }
details > summary { cursor: pointer; color: var(--link); font-weight: 600; font-size: .93rem; width: fit-content; }
footer { color: var(--soft); font-size: .82rem; padding: .4rem .2rem; }
footer p { max-width: none; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 40rem) {
  main { padding: 1rem .7rem 2rem; }
  section, .lead { padding: 1.1rem 1rem; border-radius: 10px; }
  .scroll { margin-inline: -1rem; padding-inline: 1rem; }
  h1 { font-size: 1.4rem; }
  .timeline .track { display: none; }
  .stack thead { position: absolute; clip-path: inset(50%); }
  .stack tr { display: block; border-bottom: 1px solid var(--line); padding: .55rem 0; }
  .stack tr:last-child { border-bottom: 0; }
  .stack th, .stack td { display: block; width: auto; min-width: 0; border: 0; padding: .1rem 0; }
}
@page { margin: 15mm 14mm; }
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --card: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --wash: #ffffff;
    --good: #0b5f3c; --good-wash: #ffffff; --warning: #704400; --warning-wash: #ffffff;
    --bad: #8f1515; --bad-wash: #ffffff; --quiet: #333333; --quiet-wash: #ffffff; --link: #000000;
    --bar: #4a6f9e; --wait: #999999; --lane: #ffffff;
  }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  section, .lead { border-radius: 0; border-width: 1px 0 0; padding: 10pt 0; margin: 0; }
  .lead { border-top-width: 4px; }
  .badge, .tag { border: 1px solid currentColor; }
  .scroll { overflow: visible; margin: .6rem 0 0; padding: 0; }
  h2, h3 { break-after: avoid; }
  tr, .trouble, .proof, .figures > div { break-inside: avoid; }
  a { text-decoration: none; }
  details:not([open]) { display: none; }
}
`;
