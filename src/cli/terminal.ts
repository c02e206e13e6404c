/**
 * What a command needs of the place it runs in; the tests hand in their own. Lines are plain text, so that they read the same in a
 * terminal, a pipe and a log.
 */

export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
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
