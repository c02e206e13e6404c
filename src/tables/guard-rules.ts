/**
 * The rules of the leak and poison guard, one row each: what its findings are called everywhere, and what they mean to people. Which
 * response meets one is decided in core/guard; why the modes are as they are: docs/decisions/0011-leak-and-poison-guard.md.
 */

export type GuardRule =
  | 'request-override'
  | 'parameter-cloaking'
  | 'response-splitting'
  | 'too-many-inputs'
  | 'reflected-input'
  | 'personal-response'
  | 'path-confusion'
  | 'error-by-input';

export const GUARD_RULES: Readonly<Record<GuardRule, string>> = {
  'request-override': 'the request tells the origin of another host, scheme, port, path or method than it has',
  'parameter-cloaking': 'a part of the query that is not keyed reads as a parameter that is',
  'response-splitting': 'a value that is not keyed holds an encoded line end',
  'too-many-inputs': 'the request has more values that are not keyed than are looked for',
  'reflected-input': 'the response repeats a value that is not keyed',
  'personal-response': 'the response looks as if it were for one viewer',
  'path-confusion': 'the path asks for a static file, and the answer to somebody with credentials is none',
  'error-by-input': 'an error answers a request with values that are not keyed and not ordinary',
};

/** In which order the modes are told; the first is what holds where nobody says. */
export const GUARD_MODES = ['certain', 'refuse', 'warn', 'off'] as const;

/**
 * `certain`: what is found with certainty is not shared, the rest is told. `refuse`: nothing that is found is shared. `warn`: everything
 * is told, and shared as CloudFront does. `off`: nothing is looked for.
 */
export type GuardMode = (typeof GUARD_MODES)[number];
