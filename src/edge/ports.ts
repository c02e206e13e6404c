/**
 * What the data plane needs from the world, one small interface each. Adapters implement them; test/contracts proves each
 * implementation against one shared suite. Pure decisions need none of these.
 */
import type { Coding } from '../core/origin-response/decide-compression.ts';
import type { OriginRequest, OriginResponseHead } from '../core/request.ts';
import type { Delivery, ErrorDetail, Failover, OriginTiming, Outcome } from '../core/outcome.ts';
import type { ViewerRequest } from '../core/request.ts';
import type { ViewerPlace } from '../core/viewer-request/cloudfront-header.ts';
import type { FloodEvent } from '../core/viewer-request/flood/flood-guard.ts';
import type { FunctionEvent } from '../core/viewer-request/function-event.ts';
import type { FunctionRun } from '../core/viewer-request/function-run.ts';
import type { Fields } from '../http/fields.ts';
import type { EdgeState } from '../model/admin.ts';
import type { CacheSemantics } from '../model/compile.ts';
import type { Origin } from '../model/distribution.ts';
import type { EdgeFunction } from '../model/edge-function.ts';
import type { FindingGroup, GuardFinding } from '../model/guard-finding.ts';
import type { KeyValueUpdate } from '../model/key-value-store.ts';
import type { EncryptionKey } from '../model/field-level-encryption.ts';
import type { Ban, Snapshot } from '../model/snapshot.ts';
import type { Bytes, Duration, Instant } from '../model/units.ts';
import type { Store } from './store-ports.ts';
import type { WafPorts } from './waf-ports.ts';
import type { FunctionLog } from './function-log.ts';
import type { EdgeLambdas } from './lambda-ports.ts';
import type { NextTier } from './tiers/next-tier.ts';
import type { FloodMode } from '../tables/flood.ts';
import type { GuardMode } from '../tables/guard-rules.ts';
import type { HashAlgorithm } from '../tables/signature-parameters.ts';

export interface Clock {
  now(): Instant;
  /** Runs once after `delay`, unless cancelled. */
  after(delay: Duration, run: () => void): { cancel(): void };
}

export interface Ids {
  /** 56 characters, URL-safe base64, ending `==`: X-Amz-Cf-Id. */
  requestId(): string;
}

/** Sends an interim response (1xx) ahead of the answer; too late is no mistake. */
export type InterimResponse = (status: number, fields: Fields) => void;

/** What the client must know about an origin beyond the request itself. */
export type OriginTarget = Pick<
  Origin,
  | 'connectionAttempts'
  | 'connectionTimeout'
  | 'responseTimeout'
  | 'responseCompletionTimeout'
  | 'kind'
  | 'originAccessControl'
  | 'tlsServerName'
  | 'certificateNames'
> & {
  /** Shown to the origin over TLS. */
  readonly clientCertificate?: Origin['clientCertificate'];
  /** For SigV4: which distribution asks (AWS:SourceArn). */
  readonly distributionArn: string;
  /** Told of each interim response (1xx), where somebody wants to know. */
  readonly interim?: InterimResponse | undefined;
};

export interface OriginResponse {
  readonly head: OriginResponseHead;
  readonly timing: OriginTiming;
  /** Chunks in order. Throws OriginFailure when the body breaks off, lies about its length or stalls. */
  readonly body: OriginBody;
  /** Give up the rest of the body; the connection is closed. */
  cancel(): void;
  /** With status 101 alone, where `body` is all that the origin sends: gives it what the viewer sends. Called once. */
  accept?(fromViewer: AsyncIterable<Uint8Array>): void;
  /** Set where no origin was asked: a function answered in its place. */
  readonly generatedBy?: 'lambda';
}

/** Whoever changes the octets on their way makes another body of it. */
export interface OriginBody extends AsyncIterable<Uint8Array> {
  /** All of it, where it has come with the head: nothing need be waited for. */
  readonly whole?: Uint8Array;
}

export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'stream'; readonly length: Bytes | undefined; readonly chunks: AsyncIterable<Uint8Array> };

/** Speaks HTTP/1.1 to origins: connection pool, attempts, timeouts, signing. Redirects are never followed. */
export interface OriginClient {
  /** Resolves when the response head is complete. Rejects with OriginFailure, never otherwise. */
  send(request: OriginRequest, target: OriginTarget, body: RequestBody, signal?: AbortSignal): Promise<OriginResponse>;
}

/** The world failed us: what a viewer will see and what the log will say. */
export class OriginFailure extends Error {
  /** No connection came about. */
  readonly whileConnecting: boolean;
  /** Who failed, once the edge has said whom it asked. */
  readonly asked: AskedOrigin | undefined;
  /** For the viewer, where it says more than the detail does. */
  readonly sentence: string | undefined;

  constructor(
    readonly status: 502 | 503 | 504,
    readonly detail: ErrorDetail,
    message: string,
    options?: ErrorOptions & {
      readonly whileConnecting?: boolean;
      readonly asked?: AskedOrigin;
      readonly sentence?: string | undefined;
    },
  ) {
    super(message, options);
    this.name = 'OriginFailure';
    this.whileConnecting = options?.whileConnecting === true;
    this.asked = options?.asked;
    this.sentence = options?.sentence;
  }
}

/** Which origin was asked, and why not the one that its group names first. */
export interface AskedOrigin {
  readonly originId: string;
  readonly failover?: Failover | undefined;
  /** Of an origin that answered. */
  readonly originTiming?: OriginTiming | undefined;
  /** As of OriginResponse. */
  readonly generatedBy?: 'lambda' | undefined;
}

/** The same of an answer for which perhaps nobody was asked. */
export type PerhapsAsked = { readonly [Name in keyof AskedOrigin]?: AskedOrigin[Name] | undefined };

/** Codes bodies on their way to the store and to viewers, and never holds up other requests meanwhile. */
export interface Compressor {
  /** False while as many bodies are being coded as it takes at once. */
  readonly hasCapacity: boolean;
  /** The coded body of one of `length` octets. Throws what `body` throws. */
  compress(coding: Coding, body: AsyncIterable<Uint8Array>, length: Bytes): AsyncIterable<Uint8Array>;
}

/** Encrypts fields of viewers' forms for whoever has the private key. */
export interface FieldEncryptor {
  /** In the message format of the AWS Encryption SDK. Rejects where the key cannot be used. */
  encrypt(key: EncryptionKey, value: Uint8Array): Promise<Uint8Array>;
}

/** Reads bodies as the guard looks through them. */
export interface BodyTexts {
  /**
   * The first octets of a body as text, one a character, out of the coding that Content-Encoding names; undefined where it cannot be read. What is
   * cut off is read as far as it goes, and no further than `limit` octets of text.
   */
  read(chunks: readonly Uint8Array[], coding: string | undefined, limit: Bytes): string | undefined;
}

/** Takes what the guard finds; never blocks and never throws. */
export interface Findings {
  found(finding: GuardFinding): void;
  /** What was found at a cache behavior, the newest first. */
  about(distributionId: string, pathPattern: string): readonly FindingGroup[];
}

/** Verifies what viewers' requests are signed with: cryptography at the rim. */
export interface SignatureVerifier {
  /** Reads a public key (PEM), once for all its signatures. What is no usable key verifies nothing. */
  prepare(pem: string): PreparedKey;
}

export interface PreparedKey {
  /** Whether `signature` is this key's for `signed`: octets, one a character. Never throws. */
  verifies(hash: HashAlgorithm, signed: string, signature: string): boolean;
}

/** Knows where viewers are. Asked while they wait: answers at once, from memory, and never throws. */
export interface Geo {
  /** Nothing is said of an address that is private, unknown or no address. */
  locate(address: string): ViewerPlace;
}

/** Runs customers' functions on viewer events. Whatever they do, a run ends within its limit and never throws. */
export interface EdgeFunctions {
  /** Makes these ready to run, beside those that are; resolves when each is, or is known to be unable to. At once where all are. Never rejects. */
  load(functions: readonly EdgeFunction[]): void | Promise<void>;
  /** Lets go of all others. */
  retain(functions: readonly EdgeFunction[]): void;
  /** One that has been loaded. Answers at once, unless it has to be made ready anew. */
  run(code: EdgeFunction, event: FunctionEvent): FunctionRun | Promise<FunctionRun>;
}

/** The key value stores that functions may read. */
export interface KeyValueReaders {
  /** As it is now. */
  find(storeId: string): KeyValueReader | undefined;
}

export interface KeyValueReader {
  readonly storeId: string;
  readonly created: Instant;
  /** When its pairs were changed last. */
  readonly modified: Instant;
  readonly count: number;
  get(key: string): string | undefined;
}

/** What this edge has of key value stores. */
export interface KeyValueStores extends KeyValueReaders {
  /** Throws when a change does not follow what is here. */
  apply(update: KeyValueUpdate): void;
  /** Resolves when all of these are here; at once where they are. */
  arrived(storeIds: ReadonlySet<string>): void | Promise<void>;
  /** The snapshot in force names these: whatever is said, they stay while it does. */
  name(storeIds: ReadonlySet<string>): void;
}

/** Takes one record for each finished request; never blocks and never throws. */
export interface AccessLog {
  write(request: ViewerRequest, outcome: Outcome, delivery: Delivery): void;
}

/** How configuration and bans reach an edge, and how the edge says that it has applied them. */
export interface Bus {
  /**
   * Joins as `edgeId`. Before it resolves, the newest snapshot, the key value stores that it names and every ban the edge may have
   * missed (sequence above `after`) have been delivered. Returning from a callback acknowledges the message.
   */
  join(edgeId: string, after: number, edge: EdgeSubscriber): Promise<{ leave(): Promise<void> }>;
}

export interface EdgeSubscriber {
  snapshot(snapshot: Snapshot): void | Promise<void>;
  ban(ban: Ban): void | Promise<void>;
  keyValues(update: KeyValueUpdate): void | Promise<void>;
}

/** The control plane's side of the bus. */
export interface ControlBus {
  /** Where a joining edge's first snapshot and missed bans are read. Called once, before any edge joins. */
  attach(source: BusSource): void;
  /** Resolves when every joined edge has acknowledged this snapshot or a newer one. Edges that leave are not waited for. */
  publishSnapshot(snapshot: Snapshot): Promise<void>;
  /** Resolves, with who acknowledged when, once every joined edge has the ban. Edges get bans in the order of these calls. */
  publishBan(ban: Ban): Promise<readonly Acknowledgement[]>;
  /** Resolves when every joined edge has the update. Edges get updates in the order of these calls. */
  publishKeyValues(update: KeyValueUpdate): Promise<void>;
  /** The joined edges and what they have acknowledged. */
  edges(): readonly EdgeState[];
}

export interface Acknowledgement {
  readonly edgeId: string;
  readonly acknowledgedAt: Instant;
}

export interface BusSource {
  snapshot(): Snapshot;
  /** In order of sequence. Those that a later ban repeats may be missing. */
  bansAfter(sequence: number): readonly Ban[];
  /** The key value stores that edges are kept up to date with, whole. */
  keyValues(): readonly KeyValueUpdate[];
}

/** Everything one edge needs, and who it is. */
export interface EdgePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: Store;
  readonly origin: OriginClient;
  /** The caches that are asked before the origin, and the part of the store that takes copies of what they keep. */
  readonly tier?: NextTier | undefined;
  readonly copies?: Store | undefined;
  readonly compressor: Compressor;
  readonly bodyTexts: BodyTexts;
  readonly geo: Geo;
  readonly signatures: SignatureVerifier;
  readonly fieldEncryptor: FieldEncryptor;
  readonly functions: EdgeFunctions;
  /** What these read. */
  readonly keyValues: KeyValueStores;
  readonly lambdas: EdgeLambdas;
  readonly functionLog: FunctionLog;
  /** How many of the last runs of functions are kept for whoever looks at them; none unless set. */
  readonly recordedFunctionRuns?: number | undefined;
  readonly waf: WafPorts;
  /** From 0 to 1, 1 excluded: who is sampled. */
  readonly random: () => number;
  readonly log: AccessLog;
  /** Whose rules serve distributions whose tags do not say; CloudFront's unless set. */
  readonly cacheSemantics?: CacheSemantics;
  /** The guard's mode for distributions whose tags do not say. */
  readonly guard?: GuardMode;
  /** What becomes of floods, for distributions whose tags do not say. */
  readonly floods?: FloodMode;
  /** Told of floods and of who is held back for them; nobody unless given. */
  readonly floodLog?: (event: FloodEvent) => void;
  /** Where viewers may ask, beside 80 and 443. */
  readonly ownPorts?: () => readonly number[];
  /** Told of what the guard finds; nobody unless given. */
  readonly findings?: Findings;
  /** X-Amz-Cf-Pop: `FRA56-P1`. */
  readonly popName: string;
  /** The host in Via: `<32 hex>.cloudfront.net`. */
  readonly viaHost: string;
  /** The value of Alt-Svc while HTTP/3 is served, else undefined. */
  readonly altSvc: () => string | undefined;
  /** Where this edge answers HTTPS: redirects name it when it is not 443. */
  readonly httpsPort: () => number;
  /** How many octets of bodies on their way to the store may be held at once. */
  readonly retainedLimit: Bytes;
  /** How many viewers may wait for the beginning of what somebody else is fetching; CAPACITY's unless set. */
  readonly waitingViewers?: number | undefined;
  /** Our own mistakes, told loudly. */
  readonly report: (message: string, error: unknown) => void;
}
