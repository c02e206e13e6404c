/**
 * Tags of functions. Lambda API reference, TagResource: the function's ARN, never a version's.
 */
import type * as Sdk from '@aws-sdk/client-lambda';
import { LAMBDA_QUOTAS } from '../../../tables/lambda-edge.ts';
import type { Handlers } from '../wire/types.ts';
import { invalidParameter } from './accept-settings.ts';
import type { LambdaRegistry } from './lambda-registry.ts';

type Tags = Readonly<Record<string, string>>;

const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** The tags with those given added. Throws InvalidParameterValueException. */
export function acceptLambdaTags(given: Tags | undefined, existing: Tags): Tags {
  for (const [key, value] of Object.entries(given ?? {})) {
    if (key.length < 1 || key.length > 128 || !CHARACTERS.test(key)) throw invalidParameter(`The tag key is not valid: ${key}`);
    if (value.length > 256 || !CHARACTERS.test(value)) throw invalidParameter(`The value of the tag ${key} is not valid.`);
    if (/^aws:/i.test(key)) throw invalidParameter(`Tag keys that begin with aws: are reserved: ${key}`);
  }
  const tags = { ...existing, ...given };
  if (Object.keys(tags).length > LAMBDA_QUOTAS.tags) throw invalidParameter(`A function has at most ${LAMBDA_QUOTAS.tags} tags.`);
  return tags;
}

export function lambdaTagHandlers(registry: LambdaRegistry) {
  return {
    TagResource({ Resource, Tags }, call) {
      const stored = registry.byArn(Resource);
      registry.save(stored, { ...stored.document, tags: acceptLambdaTags(Tags, stored.document.tags) }, call);
      return {};
    },
    UntagResource({ Resource, TagKeys = [] }, call) {
      const stored = registry.byArn(Resource);
      const left = Object.entries(stored.document.tags).filter(([key]) => !TagKeys.includes(key));
      registry.save(stored, { ...stored.document, tags: Object.fromEntries(left) }, call);
      return {};
    },
    ListTags: ({ Resource }) => ({ Tags: registry.byArn(Resource).document.tags }),
  } satisfies Handlers<typeof Sdk>;
}
