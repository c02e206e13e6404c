/**
 * docs/reference/not-served-yet.md: settings that the API accepts and the edge does not act on yet, from src/tables/unserved-settings.ts.
 */
import { UNSERVED_SETTINGS } from '../../src/tables/unserved-settings.ts';
import { code, page, table } from './markdown.ts';

export function unservedSettingsPage(): string {
  return page(
    'Settings that are not served yet',
    'The API accepts, keeps and returns them; the edge does not act on them. A distribution that carries one says so in',
    '`warmfront status` and when Warmfront starts.',
    '',
    table(
      ['Setting', 'Until then'],
      UNSERVED_SETTINGS.map((row) => [code(row.setting), row.message]),
    ),
  );
}
