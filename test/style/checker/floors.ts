import { posix } from 'node:path';
import { ENTRY_NEVER, PLATFORM_ENTRIES, PROGRAMS, ROOMS, roomOf } from './house.ts';
import { at, type Finding, importsOf, type Rule, type Source } from './source.ts';

/** Imports point down only, name the file that is there, and bring in no package that the room has not been given. */
export const floors: Rule = (source) => {
  if (!source.path.startsWith('src/')) return importsOf(source).flatMap((node) => extension(source, node));
  const room = roomOf(source.path);
  if (room === undefined) {
    const message = 'no room of the house; put it in one of them, or add a row to test/style/checker/house.ts';
    return [at(source, source.tree, 'floor', message)];
  }
  return importsOf(source).flatMap((node) => [
    ...extension(source, node),
    ...(node.text.startsWith('.') ? localImport(source, room, node) : packageImport(source, room, node)),
  ]);
};

type Specifier = ReturnType<typeof importsOf>[number];

function extension(source: Source, node: Specifier): Finding[] {
  if (!node.text.startsWith('.') || /\.(tsx?|mts|mjs|json)$/.test(node.text)) return [];
  return [
    at(source, node, 'import', `'${node.text}': name the file that is there, with its .ts; Node runs it as it is`),
  ];
}

function localImport(source: Source, room: string, node: Specifier): Finding[] {
  const target = posix.join(posix.dirname(source.path), node.text);
  const targetRoom = roomOf(target);
  if (targetRoom === undefined) return [at(source, node, 'floor', `'${node.text}' is outside the house`)];
  const complaint =
    programComplaint(target) ??
    entryComplaint(source.path, target) ??
    (room === targetRoom ? undefined : complain(room, targetRoom));
  return complaint === undefined ? [] : [at(source, node, 'floor', complaint)];
}

const programComplaint = (target: string): string | undefined =>
  PROGRAMS.includes(target) ? `${target} is a program, which runs at once; import what it is made of` : undefined;

function entryComplaint(path: string, target: string): string | undefined {
  const never = ENTRY_NEVER[posix.basename(path)] ?? [];
  const room = roomOf(target);
  if (roomOf(path) === 'index' && room !== undefined && never.includes(room)) {
    return `${path} runs where ${room} can't; move what it needs to a port in runtime/`;
  }
  if (roomOf(path) === 'index' && PLATFORM_ENTRIES.includes(posix.basename(target))) {
    return `${target} belongs to its platform; share through a file below, or another src/index.*.ts`;
  }
  return undefined;
}

function complain(room: string, target: string): string | undefined {
  const from = ROOMS[room];
  const to = ROOMS[target];
  if (from === undefined || to === undefined) return `${target} is no room of the house`;
  if (to.floor === from.floor) {
    return `${room} imports its neighbour ${target} on floor ${to.floor}; move what both need to a lower floor`;
  }
  if (to.floor > from.floor) {
    return `${room} (floor ${from.floor}) imports ${target} (floor ${to.floor}); imports point down: take it as an argument`;
  }
  if (to.onlyFor !== undefined && !to.onlyFor.includes(room)) {
    return `${target} may be imported by ${to.onlyFor.join(', ')} only; what a client loads stays free of it`;
  }
  if (from.only !== undefined && !from.only.includes(target)) {
    return `${room} may import ${from.only.join(', ')} only; go through ports, not through ${target}`;
  }
  return undefined;
}

function packageImport(source: Source, room: string, node: Specifier): Finding[] {
  const allowed = ROOMS[room]?.packages ?? [];
  const named = node.text;
  const fits = allowed.some((name) =>
    name.endsWith(':') ? named.startsWith(name) : named === name || named.startsWith(`${name}/`),
  );
  if (fits) return [];
  const list = allowed.length === 0 ? 'no package' : allowed.join(', ');
  return [
    at(source, node, 'package', `${room} may import ${list}, not '${named}'; take it through a port of runtime/`),
  ];
}
