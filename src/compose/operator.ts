/**
 * What the person who runs Warmfront gets to read: the lines of `up` on standard output, everything else on standard error under the
 * program's name. What is said is decided where it happens.
 */

/** A line of what `up` promises to print. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function report(line: string): void {
  process.stderr.write(`warmfront: ${line}\n`);
}

/** What happened, and why when that is known. */
export function tell(message: string, error?: unknown): void {
  report(error === undefined ? message : `${message}: ${sentence(error)}`);
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
