import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '@jetsaga/contracts';

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

let pool = Buffer.alloc(0);
let used = 0;

function randomTen(): Buffer {
  if (used + 10 > pool.length) {
    pool = randomBytes(4_096);
    used = 0;
  }
  used += 10;
  return pool.subarray(used - 10, used);
}

/** UUIDs of version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, the rest random. */
export const systemRandom: Random = {
  number: () => Math.random(),
  uuid: () => {
    const time = Date.now().toString(16).padStart(12, '0');
    const bytes = randomTen();
    bytes[0] = ((bytes[0] ?? 0) & 0x0f) | 0x70;
    bytes[2] = ((bytes[2] ?? 0) & 0x3f) | 0x80;
    const tail = bytes.toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
  },
};
