/**
 * The module `cloudfront` of runtime 2.0: key value stores (key-values.ts), web tokens (web-tokens.ts), the origin of this request, and where
 * it was received. Facts: aws-api B8. What a function asks for an origin is only noted here; it is judged and carried out by
 * core/origin-request. Runs in QuickJS: see binary.ts.
 */
import type { KeyValueModule } from './key-values.ts';
import type { WebTokens } from './web-tokens.ts';

export interface CloudFrontModule {
  readonly module: object;
  /** Begins a call: forgets what was asked for. */
  readonly begin: (eventType: string) => void;
  /** What was asked for, as JSON; undefined when nothing was. */
  readonly origin: () => string | undefined;
}

export function createCloudFrontModule(edgeLocation: object, kvs: KeyValueModule, cwt: WebTokens): CloudFrontModule {
  let eventType = '';
  let origin: object | undefined;
  const viewerRequestOnly = (name: string): void => {
    if (eventType !== 'viewer-request') throw new Error(`${name} is available in viewer request functions only`);
  };
  const settings = (name: string, given: unknown): object => {
    if (typeof given !== 'object' || given === null) throw new TypeError(`${name} takes an object`);
    return given;
  };
  const record = (name: string, value: object): void => {
    viewerRequestOnly(name);
    origin = value;
  };
  const module = {
    kvs,
    cwt,
    updateRequestOrigin(given: unknown): void {
      record('updateRequestOrigin', { kind: 'update', settings: settings('updateRequestOrigin', given) });
    },
    selectRequestOriginById(id: unknown, given?: unknown): void {
      if (typeof id !== 'string' || id === '') throw new TypeError('selectRequestOriginById takes the id of an origin');
      const overrides = given === undefined ? {} : { settings: settings('selectRequestOriginById', given) };
      record('selectRequestOriginById', { kind: 'select', id, ...overrides });
    },
    createRequestOriginGroup(given: unknown): void {
      record('createRequestOriginGroup', { kind: 'group', settings: settings('createRequestOriginGroup', given) });
    },
    /** CloudFront: empty in viewer response functions. */
    get edgeLocation(): object {
      return eventType === 'viewer-request' ? { ...edgeLocation } : {};
    },
  };
  return {
    module,
    begin(type) {
      eventType = type;
      origin = undefined;
    },
    origin: () => (origin === undefined ? undefined : JSON.stringify(origin)),
  };
}
