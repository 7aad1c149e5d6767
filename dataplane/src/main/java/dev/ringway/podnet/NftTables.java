package dev.ringway.podnet;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/** Which nftables tables the node's kernel has: others flush them without knowing of ours. */
final class NftTables {
    private NftTables() {
    }

    /** All of them as in {@code inet ringway}; a run of nft. */
    static Set<String> list() throws IOException {
        final Tool.Result result = Tool.run("", "nft", "list", "tables");
        if (result.status() != 0) {
            throw new IOException("nft list tables: " + result.output().strip());
        }
        final Set<String> tables = new LinkedHashSet<>();
        result.output().lines().forEach(line -> tables.add(line.strip().replaceFirst("^table ", "")));
        return tables;
    }
}
