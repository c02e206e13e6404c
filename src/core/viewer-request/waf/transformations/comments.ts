/**
 * REPLACE_COMMENTS, REMOVE_COMMENTS_CHAR and SecLang's removeComments: C comments, and the marks that comments begin with. ModSecurity's
 * replaceComments: one space for each comment, an unfinished one reaches the end; a lone end mark stays.
 */

export function replaceComments(text: string): string {
  return withoutBlocks(text, ' ');
}

/** Also `--` and `#` up to the end of the line. */
export function removeComments(text: string): string {
  const rest = withoutBlocks(text, '');
  return /--|#/.test(rest) ? rest.replaceAll(/(?:--|#)[^\n]*/g, '') : rest;
}

/** The marks alone: what they enclose stays. */
export function removeCommentsChar(text: string): string {
  return /\/\*|\*\/|--|#|<!--/.test(text) ? text.replaceAll(/\/\*|\*\/|<!--|-->|--|#/g, '') : text;
}

function withoutBlocks(text: string, replacement: string): string {
  let start = text.indexOf('/*');
  if (start < 0) return text;
  let rest = '';
  let from = 0;
  while (start >= 0) {
    rest += text.slice(from, start) + replacement;
    const end = text.indexOf('*/', start + 2);
    if (end < 0) return rest;
    from = end + 2;
    start = text.indexOf('/*', from);
  }
  return rest + text.slice(from);
}
