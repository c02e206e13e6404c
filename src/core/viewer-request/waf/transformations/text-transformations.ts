/**
 * The text transformations of AWS WAF, by the API's names, and of ModSecurity's SecLang, by its own: one table of the same functions. What
 * each does is said where it is written; they follow ModSecurity's reference manual ("Transformation functions"), from which AWS WAF's
 * descriptions are taken. All read and give octet texts, and hand the same text back where they change nothing.
 */
import type { Transform } from '../../../../model/waf-engine.ts';
import type { PreParseTransformation, TextTransformation } from '../../../../model/web-acl-statement.ts';
import { base64Decode, base64DecodeExt } from './base64-decode.ts';
import { cmdLine, cmdLineUnix, cmdLineWin } from './cmd-line.ts';
import { removeComments, removeCommentsChar, replaceComments } from './comments.ts';
import { combineDuplicateArguments, replaceSemicolons } from './query-arguments.ts';
import { cssDecode } from './css-decode.ts';
import { md5, sha1, sha256 } from './digests.ts';
import { hexDecode, hexEncode, sqlHexDecode } from './hex-decode.ts';
import { htmlEntityDecode } from './html-entity-decode.ts';
import { escapeSeqDecode, jsDecode, jsDecodeExt } from './js-decode.ts';
import { normalizePath, normalizePathWin } from './normalize-path.ts';
import { urlDecode, urlDecodeUni } from './url-decode.ts';
import { utf8ToUnicode } from './utf8-to-unicode.ts';
import {
  compressWhiteSpace,
  lowercase,
  removeNulls,
  removeWhiteSpace,
  replaceNulls,
  trim,
  trimLeft,
  trimRight,
  uppercase,
} from './white-space.ts';

export const TEXT_TRANSFORMATIONS: Readonly<Record<TextTransformation, Transform>> = {
  BASE64_DECODE: base64Decode,
  BASE64_DECODE_EXT: base64DecodeExt,
  CMD_LINE: cmdLine,
  CMD_LINE_UNIX: cmdLineUnix,
  CMD_LINE_WIN: cmdLineWin,
  COMPRESS_WHITE_SPACE: compressWhiteSpace,
  CSS_DECODE: cssDecode,
  ESCAPE_SEQ_DECODE: escapeSeqDecode,
  HEX_DECODE: hexDecode,
  HTML_ENTITY_DECODE: htmlEntityDecode,
  JS_DECODE: jsDecode,
  JS_DECODE_EXT: jsDecodeExt,
  LOWERCASE: lowercase,
  MD5: md5,
  NORMALIZE_PATH: normalizePath,
  NORMALIZE_PATH_WIN: normalizePathWin,
  REMOVE_COMMENTS_CHAR: removeCommentsChar,
  REMOVE_NULLS: removeNulls,
  REMOVE_WHITESPACE: removeWhiteSpace,
  REPLACE_COMMENTS: replaceComments,
  REPLACE_NULLS: replaceNulls,
  SHA256: sha256,
  SQL_HEX_DECODE: sqlHexDecode,
  TRIM: trim,
  TRIM_LEFT: trimLeft,
  TRIM_RIGHT: trimRight,
  UPPERCASE: uppercase,
  URL_DECODE: urlDecode,
  URL_DECODE_UNI: urlDecodeUni,
  UTF8_TO_UNICODE: utf8ToUnicode,
};

export const PRE_PARSE_TRANSFORMATIONS: Readonly<Record<PreParseTransformation, Transform>> = {
  COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA: combineDuplicateArguments,
  REPLACE_SEMICOLONS_WITH_AMPERSANDS: replaceSemicolons,
  URL_DECODE: urlDecode,
  URL_DECODE_UNI: urlDecodeUni,
};

/** `t:` of SecLang, in lower case: ModSecurity compares the names without regard to case. */
export const SECLANG_TRANSFORMATIONS: Readonly<Record<string, Transform>> = {
  base64decode: base64Decode,
  base64decodeext: base64DecodeExt,
  cmdline: cmdLine,
  compresswhitespace: compressWhiteSpace,
  cssdecode: cssDecode,
  escapeseqdecode: escapeSeqDecode,
  hexdecode: hexDecode,
  hexencode: hexEncode,
  htmlentitydecode: htmlEntityDecode,
  jsdecode: jsDecode,
  length: (text) => `${text.length}`,
  lowercase,
  md5,
  normalisepath: normalizePath,
  normalisepathwin: normalizePathWin,
  normalizepath: normalizePath,
  normalizepathwin: normalizePathWin,
  removecomments: removeComments,
  removecommentschar: removeCommentsChar,
  removenulls: removeNulls,
  removewhitespace: removeWhiteSpace,
  replacecomments: replaceComments,
  replacenulls: replaceNulls,
  sha1,
  sqlhexdecode: sqlHexDecode,
  trim,
  trimleft: trimLeft,
  trimright: trimRight,
  uppercase,
  urldecode: urlDecode,
  urldecodeuni: urlDecodeUni,
  utf8tounicode: utf8ToUnicode,
};
