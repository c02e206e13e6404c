/**
 * The steps of customers' functions in the life of a request: before the cache is asked, and before the viewer is answered. What a function
 * sees and what it may return is decided in core/; what follows from that in function-conclusions.ts; here it is run and carried out.
 * How it runs: functions/.
 */
import {
  functionResponse,
  viewerRequestEvent,
  viewerResponseEvent,
  type FunctionEvent,
} from '../core/viewer-request/function-event.ts';
import type { FunctionFailure, FunctionRun } from '../core/viewer-request/function-run.ts';
import { requestedPath } from '../core/viewer-request/root-object.ts';
import { reasonPhrase } from '../http/reason-phrase.ts';
import type { AssociatedFunction } from '../model/compile-cache-behavior.ts';
import type { EdgeFunction } from '../model/edge-function.ts';
import { concludeRequest, concludeResponse, couldNotRun, failedReply } from './function-conclusions.ts';
import type { FunctionJournal } from './function-journal.ts';
import type { EdgePorts } from './ports.ts';
import { shownLength } from './replies.ts';
import { placeFor } from './viewer-place.ts';
import type { MatchedVisit, Reply } from './visit.ts';

export interface FunctionSteps {
  /** The reply, where the function answers or fails; undefined where the request goes on, changed or not. */
  viewerRequest(visit: MatchedVisit, code: AssociatedFunction): Reply | undefined | Promise<Reply | undefined>;
  viewerResponse<R extends Reply>(visit: MatchedVisit, code: AssociatedFunction, reply: R): R | Promise<R>;
}

export function createFunctionSteps({
  clock,
  functions,
  functionLog,
  geo,
  journal,
}: Pick<EdgePorts, 'clock' | 'functions' | 'functionLog' | 'geo'> & { readonly journal: FunctionJournal }): FunctionSteps {
  /** Runs it and hands over what came of it; `conclude` says what follows, and what of it is wrong. */
  function run<T extends { readonly failure?: FunctionFailure | undefined }>(
    visit: MatchedVisit,
    code: EdgeFunction,
    event: FunctionEvent,
    conclude: (ending: FunctionRun['ending']) => T,
  ): T | Promise<T> {
    const concluded = (ended: FunctionRun): T => {
      const { ending, logs } = ended;
      const conclusion = conclude(ending);
      const { failure } = conclusion;
      const wrong = failure?.wrong;
      journal.record({ code, event, run: ended, failure });
      if (logs.length > 0 || wrong !== undefined) {
        functionLog.write({
          name: code.name,
          requestId: visit.requestId,
          distributionId: visit.distribution.source.id,
          at: clock.now(),
          lines: wrong === undefined ? logs : [...logs, wrong],
        });
      }
      return conclusion;
    };
    const ran = functions.run(code, event);
    return ran instanceof Promise ? ran.then(concluded) : concluded(ran);
  }

  function inputOf({ distribution, behavior, request, requestId }: MatchedVisit): Parameters<typeof viewerRequestEvent>[0] {
    const place = placeFor(behavior.origin, geo, request);
    return { distribution, behavior, request, requestId, now: clock.now(), place };
  }

  return {
    viewerRequest(visit, { code }) {
      if (code === undefined) return couldNotRun();
      const event = viewerRequestEvent(inputOf(visit));
      const conclusion = run(visit, code, event, (ending) => concludeRequest(visit, event, ending));
      return conclusion instanceof Promise ? conclusion.then((settled) => carryOut(visit, settled)) : carryOut(visit, conclusion);
    },
    viewerResponse(visit, { code }, reply) {
      if (code === undefined) return failedReply(reply, couldNotRun());
      const original = functionResponse(reply.status, reasonPhrase(reply.status), reply.fields, shownLength(reply));
      const event = viewerResponseEvent(inputOf(visit), original);
      const conclusion = run(visit, code, event, (ending) => concludeResponse(reply, original, ending));
      return conclusion instanceof Promise ? conclusion.then((settled) => settled.reply) : conclusion.reply;
    },
  };
}

/** What the function made of the request takes its place. */
function carryOut(visit: MatchedVisit, conclusion: ReturnType<typeof concludeRequest>): Reply | undefined {
  if (conclusion.kind === 'answered') return conclusion.reply;
  if (conclusion.kind === 'unchanged') return undefined;
  visit.request = conclusion.request;
  visit.path = requestedPath(visit.distribution, conclusion.request.path);
  visit.origin = conclusion.origin;
  return undefined;
}
