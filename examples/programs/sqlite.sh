#!/bin/sh
# What is imported, as SQL: COUNT rows with texts drawn from SEED, an index, a third of the rows
# deleted, and a question that sorts the rest. The same for every row.
#
#     sqlite.sh COUNT SEED
set -eu
awk -v count="$1" -v seed="$2" 'BEGIN {
    srand(seed)
    print "create table t (k integer primary key, a text, b real); begin;"
    for (i = 0; i < count; i++)
        printf "insert into t values (%d, \047%0*d\047, %.6f);\n", i, 10 + int(rand() * 90), i, rand()
    print "commit; create index i on t (a); delete from t where k % 3 = 0;"
    print "select \047rows\047, count(*), length(group_concat(a)) from (select a from t order by b);"
}'
