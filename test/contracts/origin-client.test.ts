import { createOriginClient } from '../../src/adapters/origin/origin-client.ts';
import { describeOriginClient } from './origin-client.ts';

describeOriginClient('origin client', createOriginClient);
