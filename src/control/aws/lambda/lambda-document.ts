/**
 * A Lambda function as it is stored: what can be changed ($LATEST), and the numbered versions, which cannot. How it is named and found:
 * lambda-registry.ts; how the API shows it: function-configuration.ts.
 */
import type * as Sdk from '@aws-sdk/client-lambda';
import type { Instant } from '../../../model/units.ts';
import type { StoredResource } from '../../state/resources.ts';

/** What a version is made of. */
export interface LambdaSettings {
  readonly runtime: string;
  readonly role: string;
  readonly handler: string;
  readonly description: string;
  /** Seconds. */
  readonly timeout: number;
  /** MiB. */
  readonly memorySize: number;
  /** Undefined where none was ever given. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly tracing: Sdk.TracingMode;
  readonly architecture: Sdk.Architecture;
  /** MiB. */
  readonly ephemeralStorage: number;
  readonly logging: Sdk.LoggingConfig;
}

export interface LambdaRelease extends LambdaSettings {
  readonly code: LambdaCode;
  readonly modified: Instant;
  /** AWS: a new one with every change. */
  readonly revisionId: string;
}

export interface LambdaCode {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly size: number;
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: '*' | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface LambdaDocument {
  readonly region: string;
  readonly latest: LambdaRelease;
  /** By number. */
  readonly versions: Readonly<Record<string, LambdaRelease>>;
  /** AWS: the number of a deleted version is not given again. */
  readonly lastVersion: number;
  /** Of the function (''), or of one version: who may call it. */
  readonly policies: Readonly<Record<string, readonly PolicyStatement[]>>;
  readonly tags: Readonly<Record<string, string>>;
}

export type StoredLambda = StoredResource<LambdaDocument>;
