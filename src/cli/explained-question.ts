/**
 * The request that a command asks the edge about, as its arguments say it: a URL, and --header, --method and --from. What is answered:
 * src/model/explanation.ts.
 */
import type { ExplainedQuestion } from './control-client.ts';
import type { Arguments } from './read-arguments.ts';
import { UsageError } from './usage-error.ts';

export function explainedQuestion(url: string, options: Arguments['options']): ExplainedQuestion {
  return {
    url,
    headers: options.get('header') ?? [],
    method: options.get('method')?.at(-1),
    from: options.get('from')?.at(-1),
  };
}

/** Of a command that takes one URL and nothing else. Throws UsageError. */
export function questionOfWords(
  { words, options }: Pick<Arguments, 'words' | 'options'>,
  command: string,
  { verb, url: example }: { readonly verb: string; readonly url: string },
): ExplainedQuestion {
  const [url, extra] = words;
  if (url === undefined) throw new UsageError(`say what to ${verb}: warmfront ${command} ${example}`);
  if (extra !== undefined) throw new UsageError(`${command} takes one URL; "${extra}" is one too many`);
  return explainedQuestion(url, options);
}
