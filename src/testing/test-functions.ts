/**
 * CloudFront functions for the test kit: given as source, named by cache behaviors.
 */
import type { FunctionAssociations } from '@aws-sdk/client-cloudfront';
import type { EdgeFunction, FunctionRuntime } from '../model/edge-function.ts';

/** The source, for runtime 2.0; or with its runtime, and the id of the key value store that it may read. */
export type TestFunction =
  | string
  | { readonly code: string; readonly runtime?: FunctionRuntime; readonly keyValueStore?: string };

/** What a cache behavior says to run functions by name. */
export function functionAssociations(names: {
  readonly viewerRequest?: string;
  readonly viewerResponse?: string;
}): FunctionAssociations {
  const Items = (['viewer-request', 'viewer-response'] as const).flatMap((EventType) => {
    const name = EventType === 'viewer-request' ? names.viewerRequest : names.viewerResponse;
    return name === undefined ? [] : [{ EventType, FunctionARN: arnOf(name) }];
  });
  return { Quantity: Items.length, Items };
}

export function edgeFunctions(functions: Readonly<Record<string, TestFunction>>, edition: number): readonly EdgeFunction[] {
  return Object.entries(functions).map(([name, given]) => {
    const own = typeof given === 'string' ? { code: given } : given;
    return { runtime: 'cloudfront-js-2.0', ...own, arn: arnOf(name), name, etag: `E${edition}` };
  });
}

function arnOf(name: string): string {
  return `arn:aws:cloudfront::000000000000:function/${name}`;
}
