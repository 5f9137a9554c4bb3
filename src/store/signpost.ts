/**
 * A page that is written into a store before it is used: it says to whoever comes across the store
 * what it is, and that it can be written finds out what could not be stored otherwise.
 */
export const SIGNPOST = {
  name: 'ABOUT.txt',
  content: `Reports of patchcycle: one cycle of one host each, as JSON, Markdown and HTML, and reviews of the fleet.
patchcycle audit and patchcycle report read them. Nothing here is deleted by patchcycle.
`,
};
