import { expect, test } from 'bun:test';
import { call } from './control-plane.fixture.ts';
import { withPatientStatus } from './patient-status.ts';

function start() {
  const late = Promise.withResolvers<void>();
  const after = (_delay: number, run: () => void) => {
    void late.promise.then(run);
    return { cancel: () => undefined };
  };
  const arrival = Promise.withResolvers<void>();
  let status = 'InProgress';
  const answer = () => ({ Distribution: { Status: status } }) as never;
  const handlers = withPatientStatus({ GetDistribution: answer }, { settled: () => arrival.promise }, { after });
  const asked = Promise.resolve(handlers.GetDistribution!({ Id: 'E1' }, call)).then((got) => got.Distribution?.Status);
  return {
    asked,
    runOut: late.resolve,
    arrive() {
      status = 'Deployed';
      arrival.resolve();
    },
  };
}

test('the answer waits for what is on its way', async () => {
  const { asked, arrive } = start();
  arrive();
  expect(await asked).toBe('Deployed');
});

test('an edge that is silent holds nobody up', async () => {
  const { asked, runOut } = start();
  runOut();
  expect(await asked).toBe('InProgress');
});
