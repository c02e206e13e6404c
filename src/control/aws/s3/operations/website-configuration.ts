/** What a website configuration must keep. S3 API reference, PutBucketWebsite. How it is served is in website/. */
import type { WebsiteConfiguration } from '@aws-sdk/client-s3';
import { invalidArgument, invalidRequest, malformedXml } from '../errors.ts';

const MAX_RULES = 50;

export function checkWebsite(website: WebsiteConfiguration): void {
  const { IndexDocument, ErrorDocument, RedirectAllRequestsTo, RoutingRules } = website;
  if (RedirectAllRequestsTo !== undefined) {
    if (IndexDocument !== undefined || ErrorDocument !== undefined || RoutingRules !== undefined) {
      throw invalidRequest('RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.');
    }
    if ((RedirectAllRequestsTo.HostName ?? '') === '') throw malformedXml();
    return;
  }
  const suffix = IndexDocument?.Suffix ?? '';
  if (IndexDocument === undefined) {
    throw invalidArgument(
      'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
      'IndexDocument',
      'null',
    );
  }
  if (suffix === '' || suffix.includes('/'))
    throw invalidArgument('The IndexDocument Suffix is not well formed', 'IndexDocument', suffix);
  if (ErrorDocument !== undefined && (ErrorDocument.Key ?? '') === '') throw malformedXml();
  for (const { Condition, Redirect } of RoutingRules ?? []) {
    if (Redirect === undefined) throw malformedXml();
    if (Redirect.ReplaceKeyWith !== undefined && Redirect.ReplaceKeyPrefixWith !== undefined) {
      throw invalidRequest('You can only define ReplaceKeyPrefix or ReplaceKey but not both.');
    }
    const code = Condition?.HttpErrorCodeReturnedEquals;
    if (code !== undefined && !/^[45]\d\d$/.test(code)) {
      throw invalidRequest(`The provided HTTP error code (${code}) is not valid. Valid codes are 4XX or 5XX.`);
    }
    if (Redirect.HttpRedirectCode !== undefined && !/^30[1-8]$/.test(Redirect.HttpRedirectCode)) {
      throw invalidRequest(
        `The provided HTTP redirect code (${Redirect.HttpRedirectCode}) is not valid. Valid codes are 3XX except 300.`,
      );
    }
  }
  if ((RoutingRules ?? []).length > MAX_RULES) {
    throw invalidRequest(
      `${RoutingRules?.length} routing rules provided, the number of routing rules in a website configuration is limited to ${MAX_RULES}.`,
    );
  }
}
