/**
 * A Dockerfile as its instructions, for the rules of dockerfile.test.ts: continued lines joined, comments left out, exec forms parsed.
 */
export interface Instruction {
  /** In capitals. */
  readonly name: string;
  readonly flags: readonly string[];
  /** The words, or the members of the exec form. */
  readonly words: readonly string[];
  readonly isExec: boolean;
}

export function parseDockerfile(text: string): readonly Instruction[] {
  const joined = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replaceAll(/\\\n/g, ' ');
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseLine);
}

function parseLine(line: string): Instruction {
  const [, name = '', rest = ''] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
  const words = rest.trim().split(/\s+/);
  const firstWord = words.findIndex((word) => !word.startsWith('--'));
  const flags = words.slice(0, firstWord);
  const told = words.slice(firstWord);
  const array = told.join(' ').replace(/^CMD\s+/, '');
  if (!array.startsWith('[')) return { name: name.toUpperCase(), flags, words: told, isExec: false };
  return { name: name.toUpperCase(), flags, words: JSON.parse(array) as string[], isExec: true };
}

/** The instructions from each FROM to the next. */
export function stagesOf(instructions: readonly Instruction[]): readonly (readonly Instruction[])[] {
  const stages: Instruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') stages.push([]);
    stages.at(-1)?.push(instruction);
  }
  return stages;
}
