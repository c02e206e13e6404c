/** Words of SQL that the detection of injection knows, by what they do in a statement: MySQL, PostgreSQL, Oracle, SQL Server, SQLite. */

/**
 * What a token is: a letter each, so that a statement is a short text.
 * `1` number, `s` string, `v` variable, `n` other name, `o` operator, `&` logical operator, `c` comment, `X` comment that MySQL executes,
 * `U` union, `E` beginning of a statement, `T` of one that changes the schema, `k` other keyword, `f` function, `B` order by and its like,
 * and the punctuation `(` `)` `,` `;` `{` `}` `?` (anything else).
 */
export type TokenKind =
  | '1'
  | 's'
  | 'v'
  | 'n'
  | 'o'
  | '&'
  | 'c'
  | 'X'
  | 'U'
  | 'E'
  | 'T'
  | 'k'
  | 'f'
  | 'B'
  | '('
  | ')'
  | ','
  | ';'
  | '{'
  | '}'
  | '?';

const BY_KIND: readonly (readonly [kind: TokenKind, words: string])[] = [
  ['&', 'and or xor'],
  ['U', 'union intersect except minus'],
  ['E', 'select insert update delete merge replace execute exec call handler declare waitfor shutdown grant revoke'],
  ['T', 'drop create alter truncate rename attach'],
  [
    'k',
    'from where into values set table database schema procedure function view index user trigger column distinct all top limit offset ' +
      'case when then else end as on using join inner outer left right cross natural exists any some outfile dumpfile delay time returning ' +
      'cascade for fetch with recursive if begin while print go immediate analyse tables columns owner password',
  ],
  [
    'o',
    'like rlike regexp ilike between in is not div mod sounds similar glob match escape isnull notnull overlaps collate binary',
  ],
  ['B', 'having'],
];

/** Functions that injected statements call and that ordinary text hardly has before a bracket. */
const FUNCTIONS =
  'sleep benchmark pg_sleep extractvalue updatexml load_file char chr nchar concat concat_ws group_concat substring substr mid ascii ord hex unhex ' +
  'length len version user current_user session_user system_user database schema db_name db_id host_name user_name suser_sname object_id ' +
  'cast convert coalesce ifnull nullif isnull nvl iif if count sum min max avg floor rand exp pow power row_count found_rows last_insert_id ' +
  'name_const make_set elt field find_in_set bit_length char_length character_length octet_length crc32 md5 sha1 encode decode aes_encrypt ' +
  'aes_decrypt compress uuid get_lock release_lock is_free_lock is_used_lock master_pos_wait json_keys polygon multipoint geometrycollection linestring ' +
  'multilinestring multipolygon st_latfromgeohash pointfromgeohash gtid_subset gtid_subtract xmltype dbms_pipe utl_inaddr utl_http ctxsys string_agg ' +
  'array_agg to_char to_number current_database current_schema query_to_xml database_to_xml lo_import lo_export pg_read_file pg_ls_dir ' +
  'generate_series sqlite_version randomblob load_extension typeof quote unicode printf lower upper lcase ucase reverse replace repeat lpad rpad ' +
  'left right trim ltrim rtrim instr locate position strcmp greatest least bin oct now sysdate curdate current_timestamp getdate openrowset ' +
  'opendatasource xp_cmdshell xp_dirtree sp_executesql sp_password fn_listextendedproperty serverproperty';

const STRONG = new Set(
  (
    'sleep benchmark pg_sleep extractvalue updatexml load_file xp_cmdshell xp_dirtree openrowset opendatasource sp_executesql utl_inaddr utl_http ' +
    'dbms_pipe load_extension lo_import pg_read_file pg_ls_dir randomblob name_const master_pos_wait gtid_subset'
  ).split(' '),
);

const KINDS: ReadonlyMap<string, TokenKind> = new Map(
  BY_KIND.flatMap(([kind, words]) => words.split(' ').map((word) => [word, kind] as const)),
);
export const SQL_FUNCTIONS: readonly string[] = FUNCTIONS.split(' ');
const FUNCTION_NAMES = new Set(SQL_FUNCTIONS);

/** `kinds`: letters of TokenKind. */
export function wordsOfKinds(kinds: string): readonly string[] {
  return [...KINDS].flatMap(([word, kind]) => (kinds.includes(kind) ? word : []));
}

/** `beforeBracket`: a "(" follows, so that a name may call a function. */
export function kindOfWord(word: string, beforeBracket: boolean): TokenKind {
  const lower = word.toLowerCase();
  if (beforeBracket && FUNCTION_NAMES.has(lower.replace(/^.*\./, ''))) return 'f';
  if (beforeBracket && FUNCTION_NAMES.has(lower.replace(/\..*$/, ''))) return 'f';
  return KINDS.get(lower) ?? 'n';
}

/** A function that nobody names but to find out, or to do harm. */
export function isStrongFunction(name: string): boolean {
  const lower = name.toLowerCase();
  return STRONG.has(lower) || STRONG.has(lower.replace(/^.*\./, '')) || STRONG.has(lower.replace(/\..*$/, ''));
}
