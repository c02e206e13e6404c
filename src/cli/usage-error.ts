/**
 * What the person at the keyboard can put right: one line, exit code 2 for a wrong command line or configuration, 1 for everything
 * else. Every other exception is our own mistake and is not caught in src/cli.
 */

export class UsageError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 2,
  ) {
    super(message);
    this.name = 'UsageError';
  }
}
