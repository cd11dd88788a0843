/** What a terminal obeys, or shows in another order, or not at all; not written with the same classes as the code. */
export function obeyed(text: string): string[] {
  const points = [...text].map((char) => char.codePointAt(0) as number)
  const bad = (point: number) =>
    (point < 0x20 && point !== 0x0a && point !== 0x09) ||
    (point >= 0x7f && point <= 0x9f) ||
    (point >= 0xd800 && point <= 0xdfff) ||
    [
      0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x180e, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x3164, 0xfeff,
    ].includes(point) ||
    (point >= 0x2060 && point <= 0x206f) ||
    (point >= 0xfff9 && point <= 0xfffb) ||
    (point >= 0xe0100 && point <= 0xe01ef) ||
    (point >= 0x202a && point <= 0x202e) ||
    (point >= 0xe0000 && point <= 0xe007f)
  return points.filter(bad).map((point) => point.toString(16))
}

/** Clears the screen, names the window, turns text around, and hides some of it. */
export const hostile = '\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj.exe\u2066\r\x08\x7f\u{e0041}\u200b\u2060'
