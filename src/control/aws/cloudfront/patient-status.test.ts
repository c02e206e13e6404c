import { expect, test } from 'bun:test';
import { createVirtualClock } from '../../../adapters/clock/virtual-clock.ts';
import { call } from './control-plane.fixture.ts';
import { withPatientStatus } from './patient-status.ts';

function start() {
  const clock = createVirtualClock();
  const arrival = Promise.withResolvers<void>();
  let status = 'InProgress';
  const answer = () => ({ Distribution: { Status: status } }) as never;
  const handlers = withPatientStatus({ GetDistribution: answer }, { settled: () => arrival.promise }, clock);
  const asked = Promise.resolve(handlers.GetDistribution!({ Id: 'E1' }, call)).then((got) => got.Distribution?.Status);
  return {
    clock,
    asked,
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
  const { asked, clock } = start();
  clock.advance(1000);
  expect(await asked).toBe('InProgress');
});
