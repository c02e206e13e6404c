/**
 * What a run of the suite is worth: each test passes, fails, or is excused by a row of exceptions.ts; an excused test that passes
 * is a failure, since the row has become untrue. Dependencies count as in the suite's own report: a test whose precondition fails
 * has not been passed.
 */
import type { Exception } from './exceptions.ts';
import type { SuiteResults } from './run-suite.ts';

export interface SuiteTest {
  readonly id: string;
  readonly kind?: 'required' | 'optimal' | 'check';
  readonly depends_on?: readonly string[];
  readonly browser_only?: boolean;
}

export interface Verdict {
  readonly id: string;
  readonly kind: 'required' | 'optimal' | 'check';
  readonly passed: boolean;
  /** The suite's sentence, or the precondition that failed. */
  readonly message: string;
  readonly exception: Exception | undefined;
}

/** One verdict for each test that proxies are given. */
export function judge(tests: readonly SuiteTest[], results: SuiteResults, exceptions: readonly Exception[]): readonly Verdict[] {
  const byId = new Map(tests.map((test) => [test.id, test]));
  const excused = new Map(exceptions.map((exception) => [exception.id, exception]));
  for (const { id } of exceptions) if (!byId.has(id)) throw new Error(`exceptions.ts names ${id}, which the suite does not have`);

  const failureOf = (id: string): string | undefined => {
    const result = results[id];
    if (result === undefined) return 'not run';
    const precondition = byId.get(id)?.depends_on?.find((other) => failureOf(other) !== undefined);
    if (precondition !== undefined) return `depends on ${precondition}`;
    return result === true ? undefined : `${result[0]}: ${result[1]}`;
  };
  return tests
    .filter((test) => test.browser_only !== true)
    .map((test) => {
      const failure = failureOf(test.id);
      return {
        id: test.id,
        kind: test.kind ?? 'required',
        passed: failure === undefined,
        message: failure ?? '',
        exception: excused.get(test.id),
      };
    });
}

/** Checks ask what a cache does; they have no right answer and are only counted. */
export function isWrong({ kind, passed, exception }: Verdict): boolean {
  return kind !== 'check' && passed === (exception !== undefined);
}

/** `required 160/160, optimal 92/105, checks 61/100`. */
export function figures(verdicts: readonly Verdict[]): string {
  return (['required', 'optimal', 'check'] as const)
    .map((kind) => {
      const ofKind = verdicts.filter((verdict) => verdict.kind === kind);
      return `${kind} ${ofKind.filter((verdict) => verdict.passed).length}/${ofKind.length}`;
    })
    .join(', ');
}
