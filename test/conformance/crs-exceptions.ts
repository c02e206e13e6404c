/**
 * Requests of the Core Rule Set's regression tests that its own rules let pass at paranoia level 1 and the managed rule groups refuse, with the
 * reason.
 */

const METADATA = 'AWS WAF, EC2MetaDataSSRF: the address of the metadata service is refused however it is written';
const PATHS = 'AWS WAF, SQLi_URIPATH: paths are looked into as arguments are';
const COMMANDS = 'commands with their arguments; the Core Rule Set leaves them to higher levels';

export const CRS_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['921140-2', 'the end of a line within a header, encoded: the Core Rule Set 4 refuses it, too'],
  ['941110-10', 'a call of alert(), whatever stands around it'],
  ['920620-1', 'AWS WAF, NoUserAgent_HEADER'],
  ['932230-46', COMMANDS],
  ['932260-1', COMMANDS],
  ['934110-6', METADATA],
  ['934110-8', METADATA],
  ['934120-19', METADATA],
  ['942101-10', PATHS],
  ['942101-11', PATHS],
  ['942160-12', PATHS],
  ['942200-17', 'AWS WAF, AdminProtection_URIPATH: a page for administrators'],
]);
