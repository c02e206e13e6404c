/**
 * Lambda@Edge functions as somebody sees them who only looks at a request: the one on viewer requests is run, since what follows goes by what
 * it makes of the request, and nobody else hears of it; the others are named. No body is shown to it.
 */
import { lambdaEvent, seenByViewerFunction } from '../../core/lambda-edge/lambda-event.ts';
import type { LambdaInspection } from '../../core/inspection.ts';
import type { SeenLambdaRun } from '../../core/lambda-edge/lambda-run.ts';
import type { ViewerRequest } from '../../core/request.ts';
import type { AssociatedLambda, BehaviorLambdas } from '../../model/compile-cache-behavior.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { LambdaEventType } from '../../tables/lambda-edge.ts';
import type { EdgePorts } from '../ports.ts';
import { createRunLambda, isFailure } from './run-lambda.ts';
import { concludeViewerRequest } from './viewer-lambdas.ts';

export interface InspectedLambdas {
  /** In the order of a request's life. */
  readonly inspections: readonly LambdaInspection[];
  /** As the function on viewer requests has made it; undefined where it has not. */
  readonly request: ViewerRequest | undefined;
  /** What the viewer gets, where that function answers or fails. */
  readonly status: number | undefined;
}

interface Asked {
  readonly distribution: CompiledDistribution;
  readonly behavior: CompiledCacheBehavior;
  readonly request: ViewerRequest;
}

const NOTHING: InspectedLambdas = { inspections: [], request: undefined, status: undefined };
const LATER = [
  ['originRequest', 'origin-request'],
  ['originResponse', 'origin-response'],
  ['viewerResponse', 'viewer-response'],
] as const satisfies readonly (readonly [keyof BehaviorLambdas, LambdaEventType])[];

export async function inspectLambdas(
  asked: Asked,
  requestId: string,
  ports: Pick<EdgePorts, 'clock' | 'lambdas'>,
): Promise<InspectedLambdas> {
  const { lambdas } = asked.behavior;
  if (lambdas === undefined) return NOTHING;
  const later = LATER.flatMap(([at, eventType]): LambdaInspection[] => {
    const lambda = lambdas[at];
    return lambda === undefined ? [] : [{ arn: lambda.arn, eventType, did: 'later' }];
  });
  const { viewerRequest } = lambdas;
  if (viewerRequest === undefined) return { ...NOTHING, inspections: later };
  const ran = await run(asked, viewerRequest, requestId, ports);
  return { ...ran, inspections: [...ran.inspections, ...(ran.status === undefined ? later : [])] };
}

async function run(
  { distribution, request }: Asked,
  lambda: AssociatedLambda,
  requestId: string,
  ports: Pick<EdgePorts, 'clock' | 'lambdas'>,
): Promise<InspectedLambdas> {
  let ran: SeenLambdaRun | undefined;
  const runLambda = createRunLambda({
    ...ports,
    functionLog: { write: () => undefined },
    record(seenRun) {
      ran = seenRun;
    },
  });
  const seen = seenByViewerFunction(request, request.path);
  const place = { distribution, requestId };
  const event = lambdaEvent({ eventType: 'viewer-request', place, request: seen });
  const concluded = await runLambda(lambda, event, concludeViewerRequest(request, seen));
  const about = { arn: lambda.arn, eventType: 'viewer-request', run: ran } as const;
  if (isFailure(concluded)) {
    const { status, detail, wrong } = concluded;
    return { inspections: [{ ...about, did: 'failed', status, failure: { detail, wrong } }], request: undefined, status };
  }
  if (concluded.kind === 'response')
    return {
      inspections: [{ ...about, did: 'generated', status: concluded.status }],
      request: undefined,
      status: concluded.status,
    };
  const isChanged = JSON.stringify(concluded.request) !== JSON.stringify(request);
  const did = isChanged ? 'changed' : 'unchanged';
  return { inspections: [{ ...about, did }], request: isChanged ? concluded.request : undefined, status: undefined };
}
