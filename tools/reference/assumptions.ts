/**
 * docs/reference/assumptions.md: what Warmfront does where CloudFront's behaviour is undocumented, from src/model/assumptions.ts:
 * its areas, constants and comments.
 */
import { join } from 'node:path';
import { code, page } from './markdown.ts';

export async function assumptionsPage(root: string): Promise<string> {
  const source = await Bun.file(join(root, 'src/model/assumptions.ts')).text();
  const lines: string[] = [];
  const parts =
    /^\/\/ (?<area>[A-Z].*)$|\/\*\*(?<comment>(?:(?!\*\/)[\s\S])*)\*\/\s*export const (?<name>\w+)[^=]*= (?<value>[\s\S]*?);$/gm;
  for (const { groups } of source.matchAll(parts)) {
    const { area, comment, name, value } = groups ?? {};
    if (area !== undefined) lines.push('', `## ${area}`);
    else
      lines.push(
        '',
        `${code(`${name} = ${value?.replaceAll(/\s+/g, ' ')}`)}  `,
        (comment ?? '').replaceAll(/\s*\n?\s+\*\s?/g, ' ').trim(),
      );
  }
  return page(
    'Assumptions',
    "Where CloudFront's behaviour is undocumented, or its documents disagree, Warmfront does this. If you know better, please open an",
    'issue with a capture: each line below is one constant in `src/model/assumptions.ts`.',
    lines,
  );
}
