// L r, L the square matrix whose rows are pairs in S.
import { sparseProduct } from "../sparse.ts";

export const op = sparseProduct(false);
