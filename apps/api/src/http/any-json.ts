import type { Json } from '@jetsaga/contracts';
import { z } from 'zod';

/** Any JSON value, as it was parsed: walking it once more would say nothing new and cost much for a large one. */
export const anyJson = z.custom<Json>(() => true);
