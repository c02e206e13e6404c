/**
 * `warmfront/testing`: the CDN in a test. The one public entry of the test kit; each part has its own file beside this one.
 */
export { barrier, type Barrier } from './barrier.ts';
export { octets, rangedFile, type RangedFile, type RangedFileOptions } from './ranged-file.ts';
export { startTestEdge, type ExplainOptions, type TestClock, type TestEdge, type TestEdgeOptions } from './start-test-edge.ts';
export { behavior, originItem, type TestConfig, type TestStaging } from './test-config.ts';
export { functionAssociations, type TestFunction } from './test-functions.ts';
export { lambdaAssociations, type TestLambda } from './test-lambdas.ts';
export type { FunctionLogEntry } from '../edge/function-log.ts';
export type { ViewerPlace } from '../core/viewer-request/cloudfront-header.ts';
export type { Explanation } from '../model/explanation.ts';
export type { FunctionTrace, LambdaTrace, RecordedFunctionRun, RecordedLambdaRun, RecordedRun } from '../model/function-trace.ts';
export { startTestOrigin, type OriginExchange, type OriginHandler, type TestOrigin } from './test-origin.ts';
export type { OpenResponse, TestViewer, ViewerOptions, ViewerResponse } from './test-viewer.ts';
