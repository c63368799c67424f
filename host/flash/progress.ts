// How far a flash is.

/** Bytes done of all; `doing` is "flashing" or "reading back". */
export type Progress = (done: number, all: number, doing: string) => void;
