import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readStamp, stamped } from '../../../src/publish/stamp.ts';

const COMMENTS = ['script', 'html', 'text'] as const;

describe('the stamp of a file', () => {
  test.each(COMMENTS)('is found again in a %s, whatever the text', (comment) => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !text.includes('\r')),
        (text) => {
          expect(readStamp(stamped(text, comment, '1.2.3'))).toEqual({ version: '1.2.3', intact: true });
        },
      ),
    );
  });

  test.each(COMMENTS)('tells of any edit of a %s', (comment) => {
    const text = stamped('one\ntwo\n', comment, '1.2.3');
    expect(readStamp(text.replace('two', 'three'))).toEqual({ version: '1.2.3', intact: false });
    expect(readStamp(`${text}more\n`)).toEqual({ version: '1.2.3', intact: false });
    expect(readStamp(text.replace('one\n', ''))).toEqual({ version: '1.2.3', intact: false });
  });

  test('outlives the line ends of another platform', () => {
    const text = stamped('one\ntwo\n', 'script', '1.2.3');
    expect(readStamp(text.replaceAll('\n', '\r\n'))).toEqual({ version: '1.2.3', intact: true });
  });

  test.each([
    '',
    'self.addEventListener("fetch", () => {});',
    '// Made by somebody else.',
    'Made by Switchover by hand',
  ])('is not seen in a file of somebody else: %j', (text) => {
    expect(readStamp(text)).toBeNull();
  });

  test('stands first in a script and last in a page, which begins with its doctype', () => {
    expect(stamped('a();', 'script', '1.2.3')).toMatch(/^\/\/ Made by Switchover 1\.2\.3\. .*\na\(\);\n$/);
    expect(stamped('<!doctype html>', 'html', '1.2.3')).toMatch(/^<!doctype html>\n<!-- Made by .* -->\n$/);
  });
});
