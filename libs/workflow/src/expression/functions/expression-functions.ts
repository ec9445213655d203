import { collectionFunctions } from './collections.ts';
import { conversionFunctions } from './conversions.ts';
import { digestFunctions } from './digests.ts';
import type { ExpressionFunction } from './expression-function.ts';
import { numberFunctions } from './numbers.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';

/** Every function of the language by its name; `has`, `default` and the list macros are in ../macros.ts. */
export const expressionFunctions: ReadonlyMap<string, ExpressionFunction> = new Map(
  [textFunctions, collectionFunctions, numberFunctions, conversionFunctions, digestFunctions, timeFunctions].flatMap((table) =>
    Object.entries(table),
  ),
);
