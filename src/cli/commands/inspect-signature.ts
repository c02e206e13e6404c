/**
 * `warmfront inspect-signature`: which part of a signed URL or of signed cookies fails, and why. The edge's own answer
 * (src/model/explanation.ts), its part about the signature. Exits 1 where the signature does not let the request in.
 */
import type { SignatureCheck, SignatureExplanation } from '../../model/explanation.ts';
import type { ControlClient } from '../control-client.ts';
import { questionOfWords } from '../explained-question.ts';
import type { Arguments } from '../read-arguments.ts';
import { columns, painter, printable, type Style, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

export async function inspectSignature(
  given: Pick<Arguments, 'words' | 'options'>,
  client: () => ControlClient,
  asJson: boolean,
  terminal: Terminal,
): Promise<number> {
  const question = questionOfWords(given, 'inspect-signature', { verb: 'inspect', url: "'https://...?Expires=...'" });
  const { signature, distribution, cacheBehavior } = await client().explain(question);
  if (distribution.kind === 'none') throw new UsageError(distribution.sentence, 1);
  if (asJson) terminal.print(JSON.stringify(signature ?? null, null, 2));
  else if (signature === undefined) {
    terminal.print(
      `not private: the cache behavior ${cacheBehavior?.pathPattern ?? ''} trusts no signers, and asks for no signature`,
    );
  } else for (const line of page(printable(signature), painter(terminal))) terminal.print(line);
  return signature?.decision === 'refused' ? 1 : 0;
}

const STYLES: Readonly<Record<SignatureCheck['verdict'], Style>> = { holds: 'green', fails: 'red', 'not-judged': 'dim' };

function page(signature: SignatureExplanation, paint: (text: string, style: Style) => string): string[] {
  const { decision, code, part, reason, url, policy, checks } = signature;
  const head = decision === 'granted' ? paint('granted', 'green') : `${paint('refused', 'red')} (${code}): ${part} ${reason}`;
  const about = [
    ...(url === undefined ? [] : [['asked for', url]]),
    ...(policy === undefined ? [] : [['policy', policy]]),
    ['trusted keys', signature.trustedKeys.join(', ') || 'none'],
  ];
  const rows = columns(checks.map((check) => [check.verdict.replace('-', ' '), check.part, check.sentence]));
  return [head, '', ...columns(about), '', ...rows.map((row, index) => paint(row, STYLES[checks[index]?.verdict ?? 'holds']))];
}
