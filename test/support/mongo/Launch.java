import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** mongo-java-server in memory, on the port of the first argument, with the wire version that drivers of today ask for. */
public class Launch {
    public static void main(String[] args) {
        MongoServer server = new MongoServer(new MemoryBackend().version(new Version()));
        server.enableOplog();
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        System.out.println("ready");
    }

    private static class Version implements MongoVersion {
        @Override public String toVersionString() { return "7.0.0"; }
        @Override public List<Integer> getVersionArray() { return List.of(7, 0, 0); }
        @Override public int getWireVersion() { return 21; }
    }
}
