import { numberOf, wholeNumberOf, type FunctionTable } from './expression-function.ts';

const currencyCode = /^[A-Z]{3}$/;
const currencyFormats = new Map<string, Intl.NumberFormat>();

export const numberFunctions: FunctionTable = {
  round: {
    signature: 'round(number, digits): halves away from zero',
    least: 1,
    most: 2,
    call: (run, [value, digits = 0]) => {
      const places = wholeNumberOf(run, digits, '`round`');
      if (Math.abs(places) > 15) throw run.fail('`round` takes from -15 to 15 digits');
      return run.number(rounded(numberOf(run, value!, '`round`'), places));
    },
  },
  currency: {
    signature: 'currency(number, code)',
    least: 2,
    specialise: ([, code]) => (typeof code === 'string' && !currencyCode.test(code) ? notACurrency(code) : undefined),
    call: (run, [value, code]) => {
      const name = run.text(code!, '`currency`');
      if (!currencyCode.test(name)) throw run.fail(notACurrency(name));
      run.spend(60);
      return formatOf(name).format(numberOf(run, value!, '`currency`'));
    },
  },
};

/** By the decimal digits that are seen, so that 1.005 becomes 1.01. */
function rounded(value: number, places: number): number {
  const shifted = shift(Math.abs(value), places);
  return Math.sign(value) * shift(Math.round(shifted), -places);
}

function shift(value: number, places: number): number {
  const [mantissa, exponent = '0'] = String(value).split('e');
  return Number(`${mantissa}e${Number(exponent) + places}`);
}

function notACurrency(code: string): string {
  return `\`currency\` takes a code of three capitals such as EUR, not ${JSON.stringify(code.slice(0, 20))}`;
}

/** In English as written in the United States, whatever the machine's language: $1,234.50. */
function formatOf(code: string): Intl.NumberFormat {
  let format = currencyFormats.get(code);
  if (!format) {
    format = new Intl.NumberFormat('en-US', { style: 'currency', currency: code });
    currencyFormats.set(code, format);
  }
  return format;
}
