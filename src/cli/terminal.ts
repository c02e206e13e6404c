/**
 * What a command needs of the place it runs in; the tests hand in their own. Lines read the same in a terminal, a pipe and a log:
 * colours, where they are seen, only repeat what the words say.
 */

export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Somebody looks at it who sees colours. */
  readonly hasColours?: boolean;
  /** One line to standard output. */
  print(line: string): void;
  /** One line to standard error. */
  complain(line: string): void;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    environment: process.env,
    workingDirectory: process.cwd(),
    // https://no-color.org: set to anything, it means none.
    hasColours: process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '',
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
  };
}

/** Columns of equal width, two spaces apart; no trailing blanks. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** What others have sent, cache keys among it, may not steer the terminal; a tab does not. */
export function printable<T>(answer: T): T {
  const clean = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? value.replace(/(?!\t)[\p{Cc}\p{Cf}]/gu, '\u{fffd}') : value;
  return JSON.parse(JSON.stringify(answer), clean) as T;
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const STYLES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

/** Paints text where colours are seen. */
export function painter({ hasColours }: Pick<Terminal, 'hasColours'>): (text: string, style: Style) => string {
  return hasColours === true ? (text, style) => `\x1b[${STYLES[style]}m${text}\x1b[0m` : (text) => text;
}
