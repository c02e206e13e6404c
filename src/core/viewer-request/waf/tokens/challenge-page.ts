/**
 * The page in which a browser solves a challenge: a script looks for a number whose hash with the challenge begins with enough zeros, sends it,
 * and asks again for what the viewer wanted, with the token that it got. A captcha asks a question, too. Ours, with nothing from elsewhere and
 * nothing stored; it works over clear text as well, where browsers offer no cryptography of theirs.
 */
import { TOKENS } from '../../../../tables/waf.ts';

export interface ChallengePage {
  readonly kind: 'captcha' | 'challenge';
  /** As made in token.ts. */
  readonly challenge: string;
  /** Of a captcha. */
  readonly question: string | undefined;
}

export function challengePage({ kind, challenge, question }: ChallengePage): string {
  const title = kind === 'captcha' ? 'Please answer a question' : 'Checking your browser';
  const form =
    question === undefined
      ? ''
      : `<form id="form"><p><label for="answer">${question}</label></p>
<p><input id="answer" name="answer" autocomplete="off" autocapitalize="none" required autofocus> <button>Continue</button></p></form>`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}input,button{font:inherit;padding:.3rem .6rem}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p id="status" role="status" aria-live="polite">${kind === 'captcha' ? 'This site wants to know that you are a person.' : 'One moment, please.'}</p>
${form}
<noscript><p>This check needs JavaScript.</p></noscript>
</main>
<script>
${SCRIPT.replaceAll('%CHALLENGE%', challenge)}
</script>
</body>
</html>
`;
}

/** The challenge's text is of [A-Za-z0-9._~:-] and brackets alone, so it can stand in the page. SHA-256: FIPS 180-4. */
const SCRIPT = `(function () {
  'use strict';
  var challenge = '%CHALLENGE%', bits = ${TOKENS.difficulty};
  var status = document.getElementById('status'), form = document.getElementById('form');
  var K = [], H = [], isComposite = {};
  for (var n = 2, found = 0; found < 64; n++) {
    if (isComposite[n]) continue;
    for (var m = n * n; m < 320; m += n) isComposite[m] = true;
    if (found < 8) H[found] = (Math.pow(n, 1 / 2) * 4294967296) | 0;
    K[found++] = (Math.pow(n, 1 / 3) * 4294967296) | 0;
  }
  function firstWords(text) {
    var bytes = [], w = [], h = H.slice(), i, j, length = text.length;
    for (i = 0; i < length; i++) bytes.push(text.charCodeAt(i));
    bytes.push(128);
    while (bytes.length % 64 !== 56) bytes.push(0);
    for (i = 7; i >= 0; i--) bytes.push(i > 3 ? 0 : ((length * 8) >>> (i * 8)) & 255);
    for (i = 0; i < bytes.length; i += 64) {
      for (j = 0; j < 64; j++) {
        if (j < 16) {
          var at = i + j * 4;
          w[j] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
        } else {
          var x = w[j - 15], y = w[j - 2];
          var s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
          var s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
          w[j] = (w[j - 16] + s0 + w[j - 7] + s1) | 0;
        }
      }
      var a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
      for (j = 0; j < 64; j++) {
        var t1 = (k + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((e & f) ^ (~e & g)) + K[j] + w[j]) | 0;
        var t2 = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        k = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      h = [h[0] + a | 0, h[1] + b | 0, h[2] + c | 0, h[3] + d | 0, h[4] + e | 0, h[5] + f | 0, h[6] + g | 0, h[7] + k | 0];
    }
    return h;
  }
  function solve(done) {
    var tried = 0;
    (function some() {
      for (var end = tried + 2000; tried < end; tried++) {
        if (firstWords(challenge + ':' + tried)[0] >>> (32 - bits) === 0) return done(String(tried));
      }
      setTimeout(some, 0);
    })();
  }
  function again() {
    if (location.hash) location.reload();
    else location.replace(location.href);
  }
  function send(solution, answer) {
    var body = new URLSearchParams({ challenge: challenge, solution: solution, answer: answer });
    fetch('${TOKENS.path}', { method: 'POST', body: body, credentials: 'same-origin' }).then(function (response) {
      if (response.ok) return again();
      if (form) { status.textContent = 'That was not it. Here is another question.'; return setTimeout(again, 1500); }
      status.textContent = 'The check has failed. Please reload the page.';
    }, function () { status.textContent = 'The check has failed. Please reload the page.'; });
  }
  if (!form) return solve(function (solution) { send(solution, ''); });
  var solved = null, given = null;
  solve(function (solution) { solved = solution; if (given !== null) send(solved, given); });
  form.addEventListener('submit', function (event) {
    event.preventDefault();
    given = document.getElementById('answer').value;
    status.textContent = 'One moment, please.';
    if (solved !== null) send(solved, given);
  });
})();`;
