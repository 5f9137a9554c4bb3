import type { Command, Option } from 'commander';

/** One command of the tree as completion needs it. */
export type CompletionNode = {
  name: string;
  summary: string;
  options: { long: string; summary: string; choices: readonly string[]; takesValue: boolean }[];
  argumentChoices: readonly string[];
  children: CompletionNode[];
};

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionTree(command: Command): CompletionNode {
  return {
    name: command.name(),
    summary: command.summary(),
    options: command.options.filter(({ long }) => Boolean(long)).map(optionNode),
    argumentChoices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    children: command.commands.map(completionTree),
  };
}

function optionNode({ long, description, argChoices, required, optional }: Option) {
  return {
    long: long ?? '',
    summary: description,
    choices: argChoices ?? [],
    takesValue: required || optional,
  };
}

/** The script that a shell reads; it has every name in it and calls nothing. */
export function completionScript(root: CompletionNode, shell: Shell): string {
  return shell === 'fish' ? fish(root) : shell === 'zsh' ? zsh(root) : bash(root);
}

type Place = { path: string[]; node: CompletionNode };

function places(node: CompletionNode, path: string[] = []): Place[] {
  return [
    { path, node },
    ...node.children.flatMap((child) => places(child, [...path, child.name])),
  ];
}

function wordsAt({ node }: Place): string[] {
  return [
    ...node.children.map(({ name }) => name),
    ...node.argumentChoices,
    ...node.options.map(({ long }) => long),
  ];
}

function bash(root: CompletionNode): string {
  const { name } = root;
  const cases = places(root).map(
    (place) => `    '${place.path.join(' ')}') words='${wordsAt(place).join(' ')}' ;;`,
  );
  return `# bash completion for ${name}: source <(${name} completion bash)
_${name}() {
  local word words path=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${commandCases(root, '      ')}
    esac
  done
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
${choiceCases(root)}
  esac
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _${name} ${name}
`;
}

/** From one command to the next: `schedule` then `list` is `schedule list`. */
function commandCases(root: CompletionNode, indent: string): string {
  return places(root)
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => {
      const before = path.slice(0, -1).join(' ');
      return `${indent}'${before} ${path.at(-1)}') path='${path.join(' ')}' ;;`;
    })
    .join('\n');
}

function choiceCases(root: CompletionNode): string {
  const choices = new Map<string, Set<string>>();
  for (const { node } of places(root)) {
    for (const option of node.options) {
      if (option.choices.length === 0) continue;
      const known = choices.get(option.long) ?? new Set();
      option.choices.forEach((choice) => known.add(choice));
      choices.set(option.long, known);
    }
  }
  return [...choices]
    .map(
      ([long, words]) =>
        `    ${long}) COMPREPLY=($(compgen -W '${[...words].join(' ')}' -- "\${COMP_WORDS[COMP_CWORD]}")); return ;;`,
    )
    .join('\n');
}

/** zsh runs bash's completion by its own bashcompinit. */
function zsh(root: CompletionNode): string {
  return `# zsh completion for ${root.name}: source <(${root.name} completion zsh)
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bash(root)}`;
}

function fish(root: CompletionNode): string {
  const { name } = root;
  const lines = places(root).flatMap(({ path, node }) => {
    const when = fishCondition(path, node);
    return [
      ...node.children.map(
        (child) =>
          `complete -c ${name} -n "${when}" -f -a ${child.name} -d ${fishQuote(child.summary)}`,
      ),
      ...node.argumentChoices.map((choice) => `complete -c ${name} -n "${when}" -f -a ${choice}`),
      ...node.options.map(({ long, summary, choices, takesValue }) =>
        [
          `complete -c ${name} -n "${when}" -l ${long.slice(2)} -d ${fishQuote(summary)}`,
          choices.length > 0 ? `-x -a '${choices.join(' ')}'` : takesValue ? '-r' : '',
        ]
          .join(' ')
          .trimEnd(),
      ),
    ];
  });
  return [`# fish completion for ${name}: ${name} completion fish | source`, ...lines, ''].join(
    '\n',
  );
}

function fishCondition(path: readonly string[], node: CompletionNode): string {
  if (path.length === 0) return '__fish_use_subcommand';
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
  const children = node.children.map((child) => child.name).join(' ');
  return children === '' ? seen : `${seen}; and not __fish_seen_subcommand_from ${children}`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
