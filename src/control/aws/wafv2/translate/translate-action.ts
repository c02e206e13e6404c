/**
 * Actions of the API as edges read them (model/web-acl-action.ts).
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import type { AllowAction, BlockAction, CustomHeaders, RuleAction } from '../../../../model/web-acl-action.ts';
import type { OverrideAction } from '../../../../model/web-acl.ts';

export function translateAction({ Allow, Block, Count, Captcha, Challenge }: Sdk.RuleAction): RuleAction {
  if (Block) return blockAction(Block);
  if (Allow) return { kind: 'allow', insertHeaders: inserted(Allow) };
  if (Count) return { kind: 'count', insertHeaders: inserted(Count) };
  if (Captcha) return { kind: 'captcha', insertHeaders: inserted(Captcha) };
  if (Challenge) return { kind: 'challenge', insertHeaders: inserted(Challenge) };
  throw new Error('a rule has an action of no known kind');
}

export function translateDefaultAction({ Allow, Block }: Sdk.DefaultAction): AllowAction | BlockAction {
  return Block ? blockAction(Block) : { kind: 'allow', insertHeaders: inserted(Allow) };
}

export function translateOverride({ Count }: Sdk.OverrideAction): OverrideAction {
  return { kind: Count ? 'override-count' : 'none' };
}

function blockAction({ CustomResponse: response }: Sdk.BlockAction): BlockAction {
  if (response === undefined) return { kind: 'block', response: undefined };
  const { ResponseCode: status = 403, CustomResponseBodyKey: bodyKey, ResponseHeaders } = response;
  return { kind: 'block', response: { status, bodyKey, headers: headers(ResponseHeaders) } };
}

function inserted(action: { readonly CustomRequestHandling?: Sdk.CustomRequestHandling | undefined } | undefined): CustomHeaders {
  return headers(action?.CustomRequestHandling?.InsertHeaders);
}

function headers(given: readonly Sdk.CustomHTTPHeader[] = []): CustomHeaders {
  return given.map(({ Name: name = '', Value: value = '' }) => ({ name, value }));
}
