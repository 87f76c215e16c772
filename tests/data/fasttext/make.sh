# Makes the fastText files of this folder with Debian's fasttext 0.9.2. UDHR: the parallel articles of the Universal
# Declaration of Human Rights, tab-separated (code, language, article, text).
set -e
UDHR=$1
cut -f 4 "$UDHR" | tail -n +2 > plain.txt
awk -F '\t' 'NR > 1 { print "__label__" $1, $4 }' "$UDHR" > labeled.txt
one="-thread 1 -dim 5"
fasttext skipgram -input plain.txt -output skipgram $one -minCount 8 -bucket 60 -minn 2 -maxn 4 -loss hs
fasttext cbow -input plain.txt -output cbow-words $one -minCount 12 -bucket 60 -minn 0 -maxn 0
fasttext supervised -input labeled.txt -output labels $one -minCount 12 -bucket 40 -minn 2 -maxn 3 -lr 1 -epoch 30
fasttext supervised -input labeled.txt -output pruned $one -minCount 3 -bucket 300 -minn 2 -maxn 3 -lr 1 -epoch 30
fasttext quantize -input labeled.txt -output pruned -cutoff 260 -retrain -epoch 1 -thread 1 -dsub 2 -qnorm
fasttext supervised -input labeled.txt -output quantized $one -minCount 8 -bucket 300 -minn 1 -maxn 3 -lr 1 -epoch 30
fasttext quantize -output quantized -input labeled.txt -dsub 2
