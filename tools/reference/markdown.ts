/**
 * The little Markdown that the reference pages need.
 */

export const GENERATED = '<!-- Made by tools/generate.ts; change the table it is made from, then run: npm run generate -->';

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---|').join('')}`, ...rows.map(line)];
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function page(title: string, ...lines: readonly (string | readonly string[])[]): string {
  return `${[GENERATED, `# ${title}`, '', ...lines.flat()].join('\n')}\n`;
}
