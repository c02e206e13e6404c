/**
 * What the server's own log must not tell: keys, signatures, tokens, passwords, cookies. Told by their form, since a message may quote
 * anything: a URL, a header, a file. The access log is another matter: tables/log-fields.ts says what it holds.
 */

const HIDDEN = '[redacted]';

/** Each finds a secret behind what names it; the first group stays. */
const SECRETS: readonly RegExp[] = [
  // A private key in PEM, whole.
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // A field of a request: the scheme of Authorization may stay.
  /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:[\w-]+ )?)[^"'\r\n]+/gi,
  /\b((?:set-)?cookie["']?\s*:\s*["']?)[^"'\r\n]+/gi,
  // SigV4 and CloudFront's signed URLs, in a query or on their own.
  /\b((?:x-amz-(?:signature|security-token|credential)|signature|policy|key-pair-id)=)[^&\s"';,]+/gi,
  // Settings and JSON members by their names.
  /\b((?:secret_?access_?key|aws_secret_access_key|session_?token|private_?key|password|passwd|secret|token)["']?\s*[:=]\s*["']?)[^\s"'&,;]+/gi,
  // user:password@host
  /\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi,
];

export function redact(text: string): string {
  return SECRETS.reduce((hidden, secret) => hidden.replace(secret, `$1${HIDDEN}`), text);
}
