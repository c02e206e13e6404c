import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { createS3Fifo } from '../../src/core/cache/eviction.ts';
import { createSizeAwareFifo } from '../../src/core/cache/size-aware-eviction.ts';
import { storeContract } from './store.ts';

storeContract('the memory store, size-aware', (bounds) => createMemoryStore({ ...bounds, eviction: createSizeAwareFifo }));
storeContract('the memory store, S3-FIFO', (bounds) => createMemoryStore({ ...bounds, eviction: createS3Fifo }));
