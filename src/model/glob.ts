/**
 * CloudFront's wildcards: `*` is any run of characters, `?` is exactly one, nothing escapes them.
 * Path patterns (path-pattern.ts) and the cookie whitelists of legacy ForwardedValues are written with them.
 */

const STAR = 0x2a;
const QUESTION = 0x3f;

/** Only the last star ever needs to give way, so the cost is at most glob times text: no pattern can stall a request. */
export function matchesGlob(glob: string, text: string): boolean {
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const expected = glob.charCodeAt(inGlob);
    if (expected === STAR) {
      star = inGlob++;
      resume = at;
    } else if (expected === QUESTION || expected === text.charCodeAt(at)) {
      inGlob++;
      at++;
    } else if (star >= 0) {
      inGlob = star + 1;
      at = ++resume;
    } else return false;
  }
  while (glob.charCodeAt(inGlob) === STAR) inGlob++;
  return inGlob === glob.length;
}
