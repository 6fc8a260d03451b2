import { describe, expect, test } from 'vitest';
import { readApi } from './checker/api.ts';
import {
  undocumented,
  unknownErrors,
  untoldByImplementations,
  untoldErrors,
  withoutDefault,
  withoutUnit,
} from './checker/docstrings.ts';
import { errorCodes, errorRows } from './checker/errorCodes.ts';

const codes = new Set(errorCodes().map(({ code }) => code));

describe('what users read in their editor', () => {
  const api = readApi();

  test('is there for every name that an entry exports, and for every member of one', () => {
    expect(api.names.length).toBeGreaterThan(300);
    expect(undocumented(api)).toEqual([]);
  });

  test('gives the unit of a number', () => {
    expect(withoutUnit(api)).toEqual([]);
  });

  test('gives the default of what may be left out', () => {
    expect(withoutDefault(api)).toEqual([]);
  });

  test('names the errors that a function throws, and none that there is not', () => {
    expect(untoldErrors(api)).toEqual([]);
    expect(untoldByImplementations(api)).toEqual([]);
    expect(unknownErrors(api, codes)).toEqual([]);
  });

  test('has the names by which docs/errors.md says where errors come from', () => {
    const members = api.names.flatMap(({ symbol }) => [...(symbol.members?.keys() ?? [])].map(String));
    const known = new Set([...api.names.map(({ symbol }) => symbol.name), ...members, ...codes]);
    const said = errorRows().flatMap(({ where }) => [...where.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
    expect(said.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('the rules for it notice', () => {
  const api = readApi([{ name: 'fixture', declarations: [], sources: ['test/style/fixtures/entry.ts'] }]);
  const named = (findings: readonly string[]) => findings.map((finding) => finding.replace(/ \(.*?\)/, ''));

  test('names and members without words', () => {
    expect(named(undocumented(api))).toEqual(['fixture bare', 'fixture FixtureOptions.silent', 'fixture News.bad']);
  });

  test('numbers without their unit', () => {
    expect(named(withoutUnit(api))).toEqual(['fixture FixtureOptions.waitMs']);
  });

  test('options without their default, also those that are taken in part', () => {
    expect(named(withoutDefault(api))).toEqual([
      'fixture FixtureOptions.capBytes',
      'fixture FixtureOptions.silent',
      'fixture Section.volume',
    ]);
  });

  test('errors that a function throws by way of another, but not those that it catches', () => {
    expect(named(untoldErrors(api))).toEqual(['fixture refuse: INVALID_HOST', 'fixture close: CLOSED']);
    expect(unknownErrors(api, codes)).toEqual(['fixture refuse: NO_SUCH_CODE']);
  });

  test('errors of methods of which their interface says nothing', () => {
    expect(named(untoldByImplementations(api))).toEqual(['fixture Door.shut: CLOSED', 'fixture Door.shut: CLOSED']);
  });
});
