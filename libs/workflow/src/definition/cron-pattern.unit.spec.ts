import { describe, expect, it } from '@jest/globals';
import { cronProblem } from './cron-pattern.ts';

describe('a cron pattern', () => {
  it.each([
    '* * * * *',
    '0 2 * * *',
    '30 0 2 * * *',
    '*/15 9-17 * * MON-FRI',
    '0 0 1,15 jan,JUL *',
    '0-30/10 0 ? * 7',
    '0 0 L * *',
    '0 0 LW * *',
    '0 0 15W * *',
    '0 0 * * 1#2',
    '0 0 * * FRI#L',
    '0 0 * * 5L',
    '0 0 29 2 *',
    '0 0 31 2 MON',
    '  0   2 * * *  ',
    '@daily',
    '@Hourly',
  ])('%s is one', (pattern) => expect(cronProblem(pattern)).toBeUndefined());

  it.each([
    ['', 'has 0'],
    ['* * * *', 'has 4'],
    ['* * * * * * *', 'has 7'],
    ['60 * * * *', 'minute: `60` is not 0 to 59'],
    ['0 24 * * *', 'hour: '],
    ['0 0 0 * *', 'day of month: '],
    ['0 0 32 * *', 'day of month: '],
    ['0 0 * 13 *', 'month: `13` is not 1 to 12, nor a name'],
    ['0 0 * * 8', 'day of week: '],
    ['0 0 * * FUN', 'day of week: `FUN`'],
    ['60 0 0 * * *', 'second: '],
    ['1,,2 * * * *', 'empty'],
    ['9-1 * * * *', 'backwards'],
    ['1-2-3 * * * *', 'no range'],
    ['*/0 * * * *', 'a step is 1 to 60'],
    ['*/61 * * * *', 'a step is 1 to 60'],
    ['*/2/3 * * * *', 'more than one step'],
    ['5/15 * * * *', 'a step needs a range: `*/15` or `5-59/15`'],
    ['-1 * * * *', 'minute: `` is not'],
    ['0 0 L L *', 'month: `L`'],
    ['0 0 31 2 *', 'has a day 31'],
    ['0 0 31 4,6,9,11 *', 'has a day 31'],
    ['0 0 30 FEB *', 'has a day 30'],
    ['@reboot', 'nickname'],
    ['each morning', 'has 2'],
  ])('%s is none', (pattern, why) => expect(cronProblem(pattern)).toContain(why));
});
