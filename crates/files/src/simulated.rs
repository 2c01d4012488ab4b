//! A simulated file system in memory that fails once, and shows what a power cut leaves.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fs::TryLockError,
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::{Path, PathBuf},
    rc::Rc,
};

use super::{Disk, DiskFile};

/// What a power cut leaves of the data that was not synced.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// Everything, as when only the process ends.
    Nothing,
    /// No names and no content.
    All,
    /// Names but no content, such as a file that was renamed but not synced.
    Content,
    /// Content but no names.
    Names,
    /// Names and half of the content.
    HalfOfContent,
}

impl Cut {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Nothing, Self::All, Self::Content, Self::Names, Self::HalfOfContent];
}

#[derive(Clone, Debug, Default)]
struct Node {
    content: Vec<u8>,
    synced: Vec<u8>,
    /// The bytes that a failed sync did not write. The system treats them as written, so no later sync writes them.
    forgotten: Range<usize>,
}

impl Node {
    fn after(&self, cut: Cut) -> Vec<u8> {
        match cut {
            Cut::Nothing | Cut::Names => self.content.clone(),
            Cut::All | Cut::Content => self.synced.clone(),
            Cut::HalfOfContent => {
                let half = self.synced.len() + self.content.len().saturating_sub(self.synced.len()) / 2;
                self.content.get(..half).unwrap_or(&self.content).to_vec()
            }
        }
    }
}

type Shared = Rc<RefCell<Node>>;

/// A file system in memory.
#[derive(Clone, Debug, Default)]
pub struct SimulatedDisk {
    names: Rc<RefCell<BTreeMap<PathBuf, Shared>>>,
    synced_names: Rc<RefCell<BTreeMap<PathBuf, Shared>>>,
    operations: Rc<Cell<u64>>,
    fails_at: Rc<Cell<Option<u64>>>,
}

impl SimulatedDisk {
    /// Makes one operation fail, after `number` successful ones.
    pub fn fail_at(&self, number: u64) {
        self.operations.set(0);
        self.fails_at.set(Some(number));
    }

    /// Returns the file system after a power cut.
    pub fn after(&self, cut: Cut) -> Self {
        let names = match cut {
            Cut::All | Cut::Names => &self.synced_names,
            Cut::Nothing | Cut::Content | Cut::HalfOfContent => &self.names,
        };
        let survived = |(name, node): (&PathBuf, &Shared)| {
            let content = node.borrow().after(cut);
            let node = Node { synced: content.clone(), content, ..Node::default() };
            (name.clone(), Rc::new(RefCell::new(node)))
        };
        let names: BTreeMap<_, _> = names.borrow().iter().map(survived).collect();
        Self {
            synced_names: Rc::new(RefCell::new(names.clone())),
            names: Rc::new(RefCell::new(names)),
            ..Self::default()
        }
    }

    fn operate(&self) -> io::Result<()> {
        let number = self.operations.get();
        self.operations.set(number + 1);
        if self.fails_at.get() == Some(number) {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the simulated disk is full"));
        }
        Ok(())
    }

    fn file(&self, node: &Shared) -> SimulatedFile {
        SimulatedFile { disk: self.clone(), node: Rc::clone(node), place: 0 }
    }
}

impl Disk for SimulatedDisk {
    type File = SimulatedFile;

    fn open(&self, path: &Path) -> io::Result<SimulatedFile> {
        self.operate()?;
        let node = Rc::clone(self.names.borrow_mut().entry(path.to_owned()).or_default());
        Ok(self.file(&node))
    }

    fn create(&self, path: &Path) -> io::Result<SimulatedFile> {
        self.operate()?;
        let node = Shared::default();
        self.names.borrow_mut().insert(path.to_owned(), Rc::clone(&node));
        Ok(self.file(&node))
    }

    fn exists(&self, path: &Path) -> bool {
        self.names.borrow().contains_key(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.operate()?;
        let names = self.names.borrow();
        let node = names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(node.borrow().content.clone())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.operate()?;
        let mut names = self.names.borrow_mut();
        let node = names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        names.insert(to.to_owned(), node);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.operate()?;
        self.names.borrow_mut().remove(path).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        self.operate()?;
        *self.synced_names.borrow_mut() = self.names.borrow().clone();
        Ok(())
    }
}

/// An open file of the simulated file system.
#[derive(Debug)]
pub struct SimulatedFile {
    disk: SimulatedDisk,
    node: Shared,
    place: usize,
}

impl DiskFile for SimulatedFile {
    fn try_lock(&self) -> Result<(), TryLockError> {
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.node.borrow().content.len() as u64)
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        self.disk.operate()?;
        self.node.borrow_mut().content.resize(usize::try_from(length).unwrap(), 0);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let synced = self.disk.operate();
        let mut node = self.node.borrow_mut();
        if synced.is_err() {
            node.forgotten = node.synced.len()..node.content.len();
            return synced;
        }
        let content = node.content.clone();
        node.synced = content;
        let forgotten = node.forgotten.clone();
        node.synced.get_mut(forgotten).into_iter().flatten().for_each(|byte| *byte = 0);
        Ok(())
    }
}

impl Read for SimulatedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let node = self.node.borrow();
        let length = (&node.content[self.place..]).read(buffer)?;
        self.place += length;
        Ok(length)
    }
}

impl Write for SimulatedFile {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        // A full disk accepts a part of the data.
        if let Err(full) = self.disk.operate() {
            let half = &data[..data.len() / 2];
            self.node.borrow_mut().content.extend_from_slice(half);
            return Err(full);
        }
        let mut node = self.node.borrow_mut();
        let end = self.place + data.len();
        if node.content.len() < end {
            node.content.resize(end, 0);
        }
        node.content[self.place..end].copy_from_slice(data);
        self.place = end;
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for SimulatedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(place) = to else { return Err(io::ErrorKind::Unsupported.into()) };
        self.place = usize::try_from(place).unwrap();
        Ok(place)
    }
}
