//! What can be wrong with a model.

/// The longest piece, in bytes. The longest in use are runs of some hundred spaces or dashes.
pub(super) const LONGEST_PIECE: usize = 1024;

/// Why the parts of a model do not make a tokenizer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SentencePieceError {
    /// There is nothing to find in a text.
    #[error("it has no pieces")]
    NoPieces,
    /// A piece is empty.
    #[error("piece {0} is empty; each needs a text")]
    EmptyPiece(usize),
    /// Two pieces are the same.
    #[error("piece {0} stands for the same text as an earlier one; each text may have one piece")]
    Repeated(usize),
    /// A piece is so long that finding it would take forever.
    #[error("piece {0} has more than {LONGEST_PIECE} bytes; no published model has such long pieces")]
    LongPiece(usize),
    /// Pieces cannot be compared.
    #[error("the score of piece {0} is not a number")]
    Score(usize),
    /// Some characters would have no token.
    #[error("it has no piece for unknown characters, and not all 256 bytes have pieces either")]
    NoUnknown,
    /// Byte fallback without bytes.
    #[error("it is said to spell unknown characters byte by byte, but the byte {0:#04x} has no piece")]
    MissingByte(u8),
    /// The table of replacements is damaged.
    #[error("{0}")]
    Table(String),
}
