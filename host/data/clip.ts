// What readers find in folders: clips with what is known of them.
import type { Notices } from "./notices.ts";

export type Split = "train" | "val" | "test";

/** One recording of one label. */
export type Clip = { path: string; label: string; word: string; speaker?: string; split: Split };

/** What a reader finds: paths relative to the folder, and splits where the data set gives them. */
export type Found = {
  clips: (Omit<Clip, "split"> & { split?: Split })[];
  noises: string[]; // long recordings without speech
};

/** A kind of folder: one file in readers/. The surest reader reads. */
export type Reader = {
  /** 2 if the folder lies as this data set is published, 1 if it could be read, 0 if not; must be cheap. */
  detect(folder: string): 0 | 1 | 2;
  read(folder: string, notices: Notices): Found;
};
