/**
 * CMD_LINE: a command line without what shells read over. ModSecurity's cmdLine: backslashes, quotes and carets go; spaces before `/` and
 * `(` go; commas and semicolons are spaces; white space is one space; lower case. CMD_LINE_UNIX and CMD_LINE_WIN are its halves: what shells of
 * Unix (backslash, quotes) and of Windows (caret, quotes) read over.
 */

export function cmdLine(text: string): string {
  return finish(/[\\"'^]/.test(text) ? text.replaceAll(/[\\"'^]/g, '') : text);
}

export function cmdLineUnix(text: string): string {
  return finish(/[\\"'`]/.test(text) ? text.replaceAll(/[\\"'`]/g, '') : text);
}

export function cmdLineWin(text: string): string {
  return finish(/["^]/.test(text) ? text.replaceAll(/["^]/g, '') : text);
}

function finish(text: string): string {
  let rest = text;
  if (/[,;\s]/.test(rest)) rest = rest.replaceAll(/[,;\t\n\v\f\r ]+/g, ' ').replaceAll(/ (?=[/(])/g, '');
  return /[A-Z]/.test(rest) ? rest.toLowerCase() : rest;
}
