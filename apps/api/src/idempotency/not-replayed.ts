import { SetMetadata } from '@nestjs/common';

export const NOT_REPLAYED = 'jetsaga:not-replayed';

/** The route is idempotent by a key of its own, or streams what is too large to keep: its responses are not stored. */
export const NotReplayed = () => SetMetadata(NOT_REPLAYED, true);
